import { button, cellOf, gap, headerOf, type TagColumn } from './tag-cells.ts';
import { formatTable, parseTable, type TableRow } from './table-text.ts';

/** Texts of the buttons, in the language of the editor. */
export interface TagTableTexts {
  add: string;
  paste: string;
  pasteHint: string;
  append: string;
  replace: string;
  cancel: string;
  importFile: string;
  exportFile: string;
  /** With `__count__`. */
  count: string;
  /** Of a single row. */
  countOne: string;
}

/** Takes files that are more than separated text. */
export interface TableImporter {
  /** As of the attribute of a file input. */
  accept: string;
  /** The rows of the file; nothing when it is separated text after all. */
  read(file: File): Promise<readonly TableRow[] | undefined>;
  failed(fileName: string, reason: string): void;
}

export interface TagTable {
  rows(): TableRow[];
  add(rows: readonly TableRow[]): void;
  /** Height of the whole table with its buttons, in pixels. */
  setHeight(height: number): void;
}

/** For a share of 1 of the width. */
const narrowestPx = 35;

/**
 * Fills `host` with an editable table of tags: add, sort and delete rows, paste from a spreadsheet, read and write CSV
 * files (whose columns are the names of the columns).
 */
export function createTagTable(
  host: JQuery,
  {
    columns,
    rows,
    texts,
    fileName,
    importer,
    extraButtons = [],
    width,
  }: {
    columns: readonly TagColumn[];
    rows: readonly TableRow[];
    texts: TagTableTexts;
    fileName: string;
    importer?: TableImporter;
    extraButtons?: readonly HTMLElement[];
    /** That the dialog should leave for it, in CSS; for tables of many columns. */
    width?: string;
  },
): TagTable {
  const names = columns.map((column) => column.name);
  // Left alone, the rows' natural width would make the dialog wider than the window. The table takes the width that the
  // dialog has; the spacer asks for a comfortable one.
  host.css({ width: 0, minWidth: '100%' });
  $('<div>')
    .css({ width: width ?? 'min(940px, 64vw)', height: 0 })
    .insertBefore(host);
  // Many columns are scrolled rather than squeezed until nothing can be read.
  const share = columns.reduce((sum, { grow }) => sum + grow, 0);
  const scroller = $('<div>').css({ overflowX: 'auto' }).appendTo(host);
  const sheet = $('<div>')
    .css({ minWidth: share * narrowestPx })
    .appendTo(scroller);
  const list = $('<ol>').appendTo(sheet);
  const counter = document.createElement('span');
  counter.style.cssText = 'margin-left: auto; align-self: center; opacity: 0.7;';

  const rowOf = (item: HTMLElement): TableRow => {
    const row: TableRow = {};
    for (const cell of item.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-column]')) {
      row[cell.dataset['column'] ?? ''] = cell.value.trim();
    }
    return row;
  };
  const allRows = (): TableRow[] => Array.from(list.children('li'), rowOf);
  const showCount = (): void => {
    const { length } = list.children('li');
    counter.textContent = length === 1 ? texts.countOne : texts.count.replace('__count__', String(length));
  };

  list.editableList<TableRow>({
    addButton: texts.add,
    header: $(headerOf(columns)),
    removable: true,
    sortable: true,
    scrollOnAdd: true,
    addItem(container, _index, data) {
      const element = container.get(0);
      if (element === undefined) return;
      element.style.cssText += 'display: flex; align-items: center;';
      const check = (): void => {
        const row = rowOf(element);
        for (const column of columns) {
          const cell = element.querySelector(`[data-column="${column.name}"]`);
          const isBad = column.isValid !== undefined && !column.isValid(row[column.name] ?? '', row);
          cell?.classList.toggle('input-error', isBad);
        }
      };
      for (const column of columns) {
        const cell = cellOf(column, data[column.name] ?? column.value);
        cell.dataset['column'] = column.name;
        cell.addEventListener('input', check);
        element.append(cell);
      }
      check();
      showCount();
    },
    removeItem: () => setTimeout(showCount),
  });

  const addRows = (added: readonly TableRow[]): void => {
    list.editableList('addItems', [...added]);
    showCount();
  };
  const take = (text: string, isReplacing: boolean): void => {
    const taken = parseTable(text, names);
    if (isReplacing) list.editableList('empty');
    addRows(taken);
  };

  const pasted = document.createElement('textarea');
  pasted.rows = 6;
  pasted.placeholder = `${texts.pasteHint}\n${names.join('\t')}`;
  pasted.style.cssText = 'width: 100%; box-sizing: border-box; font-family: monospace; white-space: pre;';
  const panel = document.createElement('div');
  panel.style.cssText = 'display: none; margin: 6px 0;';
  let available = 0;
  const fit = (): void => {
    if (available === 0) return;
    list.editableList('height', Math.max(160, available - bar.offsetHeight - panel.offsetHeight - 24));
  };
  const closePanel = (): void => {
    pasted.value = '';
    panel.style.display = 'none';
    fit();
  };
  const takePasted = (isReplacing: boolean) => (): void => {
    take(pasted.value, isReplacing);
    closePanel();
  };
  panel.append(
    pasted,
    button('plus', texts.append, takePasted(false)),
    ' ',
    button('refresh', texts.replace, takePasted(true)),
    ' ',
    button('times', texts.cancel, closePanel),
  );

  const takeFile = async (chosen: File): Promise<void> => {
    const imported = await importer?.read(chosen);
    if (imported === undefined) take(await chosen.text(), false);
    else addRows(imported);
  };
  const file = document.createElement('input');
  file.type = 'file';
  file.accept = importer?.accept ?? '.csv,.tsv,.txt,text/csv';
  file.style.display = 'none';
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    file.value = '';
    if (chosen === undefined) return;
    takeFile(chosen).catch((problem: unknown) => {
      importer?.failed(chosen.name, problem instanceof Error ? problem.message : String(problem));
    });
  });
  const save = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([formatTable(allRows(), names)], { type: 'text/csv' }));
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const openPanel = (): void => {
    panel.style.display = 'block';
    fit();
    pasted.focus();
  };
  const bar = document.createElement('div');
  bar.style.cssText = `display: flex; gap: ${gap}; margin-top: 6px;`;
  bar.append(
    button('clipboard', texts.paste, openPanel),
    button('upload', texts.importFile, () => file.click()),
    button('download', texts.exportFile, save),
    ...extraButtons,
    counter,
    file,
  );
  host.append(panel, bar);

  list.editableList('addItems', [...rows]);
  // The list scrolls to what was added a tick later.
  setTimeout(() => list.parent().scrollTop(0));
  showCount();
  return {
    rows: allRows,
    add: addRows,
    setHeight(height) {
      available = height;
      fit();
    },
  };
}
