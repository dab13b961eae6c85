import type { TableRow } from './table-text.ts';

export interface TagColumn {
  name: string;
  label: string;
  /** What the column means, in one sentence. */
  hint?: string;
  /** Share of the width, like a CSS flex-grow. */
  grow: number;
  /** For a new row, and for a pasted one that leaves the column out. */
  value: string;
  /** Makes the cell a selection. */
  options?: readonly string[];
  /** Offered while typing; anything else may be written too. */
  suggestions?: readonly string[];
  placeholder?: string;
  /** A cell that fails is marked red. */
  isValid?: (value: string, row: TableRow) => boolean;
}

/** Between two cells. */
export const gap = '4px';

export function button(icon: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'red-ui-button red-ui-button-small';
  const image = document.createElement('i');
  image.className = `fa fa-${icon}`;
  element.append(image, ` ${label}`);
  element.addEventListener('click', onClick);
  return element;
}

/** One list per column for all of its cells; gives its id. */
function suggestionList(name: string, suggestions: readonly string[]): string {
  const id = `bulkhead-suggestions-${name}`;
  if (document.getElementById(id) !== null) return id;
  const list = document.createElement('datalist');
  list.id = id;
  for (const suggestion of suggestions) list.append(new Option(suggestion, suggestion));
  document.getElementById('dialog-form')?.append(list);
  return id;
}

export function cellOf(column: TagColumn, value: string): HTMLInputElement | HTMLSelectElement {
  const base = `flex: ${column.grow} 1 0; min-width: 0; width: auto; box-sizing: border-box; height: 28px; margin: 0 ${gap} 0 0; padding: 0 4px; font-size: 12px;`;
  if (column.options === undefined) {
    const input = document.createElement('input');
    input.type = 'text';
    input.value = value;
    input.placeholder = column.placeholder ?? '';
    input.style.cssText = base;
    if (column.suggestions !== undefined) input.setAttribute('list', suggestionList(column.name, column.suggestions));
    // The end of a long topic says most; it is what does not fit.
    const showEnd = (): void => {
      input.scrollLeft = input.scrollWidth;
    };
    requestAnimationFrame(showEnd);
    input.addEventListener('blur', showEnd);
    explain(input, column);
    return input;
  }
  const select = document.createElement('select');
  // The arrow takes its own room.
  select.style.cssText = `${base} padding: 0 0 0 2px;`;
  // A value that the list does not know stays visible, and wrong, instead of turning into another.
  const options = column.options.includes(value) ? column.options : [...column.options, value];
  for (const option of options) select.append(new Option(option, option, false, option === value));
  explain(select, column);
  return select;
}

/** The whole value of a cell that may show a part of it; of an empty one, what belongs there. */
function explain(cell: HTMLInputElement | HTMLSelectElement, column: TagColumn): void {
  const show = (): void => {
    cell.title = cell.value === '' ? (column.hint ?? '') : cell.value;
  };
  show();
  // What a program writes makes no event, and neither of the two comes late for a pointer that stays.
  for (const event of ['input', 'change', 'pointerenter']) cell.addEventListener(event, show);
}

export function headerOf(columns: readonly TagColumn[]): HTMLElement {
  const header = document.createElement('div');
  header.className = 'bulkhead-tag-heads';
  const areMany = columns.length > 10;
  header.style.cssText = `display: flex; padding: 4px 40px 4px 30px; font-size: ${areMany ? 11 : 12}px;`;
  for (const column of columns) {
    const cell = document.createElement('div');
    cell.textContent = column.label;
    cell.title = column.hint === undefined ? column.label : `${column.label}: ${column.hint}`;
    cell.style.cssText = `flex: ${column.grow} 1 0; min-width: 0; box-sizing: border-box; margin-right: ${gap}; padding: 0 ${areMany ? 1 : 5}px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;`;
    header.append(cell);
  }
  return header;
}
