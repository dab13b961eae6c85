import { isWithin } from './field-checks.ts';
import type { TagColumn } from './tag-cells.ts';

const numbers = { min: -1e15, max: 1e15 };

/** The columns that say what may be written, in engineering units. */
export function writingColumns(label: (name: string) => string): TagColumn[] {
  const isLimit = (value: string): boolean => value === '' || isWithin(numbers, value);
  return [
    { name: 'min', label: label('min'), grow: 1.2, value: '', isValid: isLimit },
    { name: 'max', label: label('max'), grow: 1.2, value: '', isValid: isLimit },
  ];
}

/** Shows `note` while the chosen connection allows no writes: where it can be seen, long before a message is refused. */
export function showWhetherWritesAreOff(note: JQuery, nodeOf: (id: string) => unknown): void {
  const choice = $('#node-input-connection');
  const show = (): void => {
    const connection = nodeOf(String(choice.val() ?? ''));
    const isNode = typeof connection === 'object' && connection !== null;
    note.toggle(isNode && Reflect.get(connection, 'allowWrites') !== true);
  };
  choice.on('change', show);
  show();
}
