import { button, type TagTable } from '@bulkhead/node-kit/editor';
import { parseSymbolLines } from '../protocol/symbol-lines.ts';
import { symbolRows } from '../symbol-import/symbol-rows.ts';
import { askProbe } from './ask-probe.ts';
import { type Browsable, browseList } from './browse-list.ts';
import { connectionFieldsOf } from './connection-fields.ts';

export interface BrowseOptions {
  host: JQuery;
  /** The connection node of that id, as the editor knows it. */
  nodeOf(id: string): unknown;
  warn(text: string): void;
  translate(key: string, values?: Record<string, string | number>): string;
  table(): TagTable;
}

/** A button that opens what the PLC and the symbols of the connection offer, to be picked into the table. */
export function browseButton({ host, nodeOf, warn, translate, table }: BrowseOptions): HTMLElement {
  let close: (() => void) | undefined;

  const open = async (): Promise<void> => {
    close?.();
    const connection: unknown = nodeOf(String($('#node-input-connection').val() ?? ''));
    if (typeof connection !== 'object' || connection === null) {
      warn(translate('noConnection'));
      return;
    }
    const fields = connectionFieldsOf(connection);
    const symbols = parseSymbolLines(String(Reflect.get(connection, 'symbols') ?? ''));
    const list = browseList({
      translate,
      symbols,
      values: (tags) => askProbe({ kind: 'values', connection: fields, tags }),
      add(picked: readonly Browsable[]) {
        const topics = table()
          .rows()
          .map((row) => row['topic'] ?? '');
        // By its name where it has one: then a changed address needs a new import and nothing else.
        const rows = symbolRows(picked, topics).map((row, index) => {
          const own = picked[index];
          return own?.isSymbol === true ? { ...row, address: `"${own.name}"`, type: '' } : row;
        });
        table().add(rows);
      },
      onClose: () => {
        list.element.remove();
        close = undefined;
      },
    });
    close = () => list.element.remove();
    host.prepend(list.element);
    const answer = await askProbe({ kind: 'blocks', connection: fields });
    if (!answer.ok) list.say(translate('unreachable', { reason: answer.reason }));
    else if (answer.result.kind === 'failed') list.say(translate('unreachable', { reason: answer.result.reason }));
    else if (answer.result.kind === 'blocks') list.showBlocks(answer.result.blocks);
  };
  return button('search', translate('button'), () => void open());
}
