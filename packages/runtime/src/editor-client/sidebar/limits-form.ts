import { element, foldable } from './element.ts';
import type { Limits } from './model.ts';
import { text, type TextKey } from './texts.ts';

interface Field {
  readonly name: keyof Limits;
  readonly label: TextKey;
  readonly unit: string;
  /** What one of the unit is in the limit's own. */
  readonly factor: number;
  readonly least: number;
  readonly most: number;
}

/** Bounds as the runtime checks them; it has the last word. */
const fields: readonly Field[] = [
  { name: 'heapMb', label: 'limits.heap', unit: 'MB', factor: 1, least: 32, most: 1_048_576 },
  { name: 'rssMb', label: 'limits.rss', unit: 'MB', factor: 1, least: 96, most: 1_048_576 },
  { name: 'hangMs', label: 'limits.hang', unit: 's', factor: 1_000, least: 1, most: 3_600 },
];

/** The limits of one compartment. What somebody is typing is not overwritten by a refresh. */
export function createLimitsForm(save: (limits: Limits) => Promise<void>) {
  const { whole, body } = foldable(text('limits.title'));
  const form = element('form', 'bulkhead-limits');
  const button = element('button', 'red-ui-button red-ui-button-small', text('limits.save'));
  const verdict = element('span', 'bulkhead-verdict');
  let current: Limits | null = null;
  let edited = false;

  const inputs = fields.map((field) => {
    const input = element('input');
    Object.assign(input, { type: 'number', name: field.name, required: true, step: field.factor === 1 ? '1' : 'any' });
    input.min = String(field.least);
    input.max = String(field.most);
    form.append(
      element('label', '', element('span', '', text(field.label)), input, element('span', 'bulkhead-unit', field.unit)),
    );
    return { field, input };
  });
  const written = (limits: Limits, { name, factor }: Field): string => String(limits[name] / factor);
  const fill = (): void => {
    for (const { field, input } of inputs) if (current) input.value = written(current, field);
  };
  const read = (start: Limits): Limits => {
    const limits = { ...start };
    for (const { field, input } of inputs) limits[field.name] = Math.round(Number(input.value) * field.factor);
    return limits;
  };
  const say = (message: string, good: boolean): void => {
    verdict.textContent = message;
    verdict.classList.toggle('bulkhead-bad', !good);
  };

  form.addEventListener('input', () => {
    edited = current !== null && inputs.some(({ field, input }) => current && input.value !== written(current, field));
    button.disabled = !edited;
    say('', true);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!current) return;
    const wanted = read(current);
    button.disabled = true;
    save(wanted).then(
      () => {
        current = wanted;
        edited = false;
        say(text('limits.saved'), true);
      },
      (error: unknown) => {
        button.disabled = false;
        say(error instanceof Error ? error.message : String(error), false);
      },
    );
  });
  button.disabled = true;
  form.append(
    element('p', 'bulkhead-quiet', text('limits.hint')),
    element('div', 'bulkhead-form-end', button, verdict),
  );
  body.append(form);

  return {
    element: whole,
    show(limits: Limits): void {
      current = limits;
      if (!edited) fill();
    },
  };
}
