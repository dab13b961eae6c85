import { element, foldable, setText } from './element.ts';
import { forWriters } from './for-writers.ts';
import { limitBounds, type LimitName, type Limits } from '../../protocol/limits.ts';
import type { LimitsBy } from './model.ts';
import { text, type TextKey } from './texts.ts';

interface Field {
  readonly name: LimitName;
  readonly label: TextKey;
  readonly unit: string;
  /** What one of the unit is in the limit's own. */
  readonly factor: number;
}

const fields: readonly Field[] = [
  { name: 'heapMb', label: 'limits.heap', unit: 'MB', factor: 1 },
  { name: 'rssMb', label: 'limits.rss', unit: 'MB', factor: 1 },
  { name: 'cpuPercent', label: 'limits.cpu', unit: '%', factor: 1 },
  { name: 'openFiles', label: 'limits.files', unit: '', factor: 1 },
  { name: 'hangMs', label: 'limits.hang', unit: 's', factor: 1_000 },
  { name: 'logPerSecond', label: 'limits.log', unit: '/s', factor: 1 },
  { name: 'debugPerSecond', label: 'limits.debug', unit: '/s', factor: 1 },
];

const enforcerText = (by: LimitsBy['memory']): string => text(by === 'watchdog' ? 'limits.watchdog' : 'limits.kernel');

/** The limits of one compartment. What somebody is typing is not overwritten by a refresh. */
export function createLimitsForm(save: (limits: Limits) => Promise<void>) {
  const { whole, body } = foldable(text('limits.title'));
  const form = element('form', 'bulkhead-limits');
  const button = element('button', 'red-ui-button red-ui-button-small', text('limits.save'));
  const enforcement = element('p', 'bulkhead-quiet');
  const verdict = element('span', 'bulkhead-verdict');
  let current: Limits | null = null;
  let edited = false;

  const inputs = fields.map((field) => {
    const input = element('input');
    Object.assign(input, { type: 'number', name: field.name, required: true, step: field.factor === 1 ? '1' : 'any' });
    const { least, most, from } = limitBounds[field.name];
    input.min = String(least / field.factor);
    input.max = String(most / field.factor);
    const name = element('span', '', text(field.label));
    if (from === 'next start') name.append(element('span', 'bulkhead-quiet', ` (${text('limits.nextStart')})`));
    form.append(element('label', '', name, input, element('span', 'bulkhead-unit', field.unit)));
    return { field, input };
  });
  const written = (limits: Limits, { name, factor }: Field): string => String(limits[name] / factor);
  const fill = (): void => {
    for (const { field, input } of inputs) if (current) input.value = written(current, field);
  };
  const read = (start: Limits): Limits => {
    const limits: Record<LimitName, number> = { ...start };
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
    enforcement,
    element('p', 'bulkhead-quiet', text('limits.hint')),
    element('div', 'bulkhead-form-end', button, verdict),
  );
  body.append(forWriters(form));

  return {
    element: whole,
    show(limits: Limits, by: LimitsBy): void {
      current = limits;
      setText(enforcement, text('limits.by', { memory: enforcerText(by.memory), cpu: enforcerText(by.cpu) }));
      if (!edited) fill();
    },
  };
}
