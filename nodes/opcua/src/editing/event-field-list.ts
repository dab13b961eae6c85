import { standardFields } from '../opcua-events/fields.ts';
import type { EventFieldOffer } from '../probing/result.ts';

const always: ReadonlySet<string> = new Set(standardFields);

function lineOf(
  field: EventFieldOffer,
  isTicked: boolean,
  note: string,
  onTick: (isTicked: boolean) => void,
): HTMLElement {
  const row = document.createElement('label');
  row.className = 'opcua-event-field';
  row.style.cssText =
    'display: flex; gap: 6px; align-items: center; margin: 0; padding: 1px 4px; width: auto; cursor: pointer;';
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = isTicked || note !== '';
  box.disabled = note !== '';
  box.style.cssText = 'width: auto; margin: 0; flex: none;';
  box.addEventListener('change', () => onTick(box.checked));
  const cells = [field.name, field.dataType, note].map((text, at) => {
    const cell = document.createElement('span');
    cell.textContent = text;
    cell.title = text;
    cell.style.cssText = `flex: ${[3, 1.5, 1.5][at] ?? 1} 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; opacity: ${at === 0 ? 1 : 0.6};`;
    return cell;
  });
  row.append(box, ...cells);
  return row;
}

/** The fields of a type, each below the name of the type that brings it; those are ticked that are in `wanted`. */
export function showEventFields(
  host: HTMLElement,
  fields: readonly EventFieldOffer[],
  { wanted, alwaysText }: { wanted: Set<string>; alwaysText: string },
): void {
  const lines = [...Map.groupBy(fields, ({ from }) => from)].flatMap(([from, own]) => {
    const heading = document.createElement('div');
    heading.textContent = from;
    heading.style.cssText = 'padding: 2px 4px; font-weight: bold;';
    const byName = own.toSorted((a, b) => a.name.localeCompare(b.name));
    const ticks = byName.map((field) =>
      lineOf(field, wanted.has(field.name), always.has(field.name) ? alwaysText : '', (isTicked) => {
        if (isTicked) wanted.add(field.name);
        else wanted.delete(field.name);
      }),
    );
    return [heading, ...ticks];
  });
  host.replaceChildren(...lines);
}
