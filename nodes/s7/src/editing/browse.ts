import {
  type Browsable,
  browseButton,
  type BrowseList,
  browseList,
  type BrowseSource,
  fieldsOfNode,
  type TagTable,
} from '@bulkhead/node-kit/editor';
import { mostProbed } from '../probing/question.ts';
import { parseSymbolLines, type PlcSymbol } from '../protocol/symbol-lines.ts';
import { symbolRows } from '../symbol-import/symbol-rows.ts';
import { askPlc, connectionFields } from './ask-plc.ts';
import { addressesOf, browsedTypes } from './block-addresses.ts';

export interface BrowseOptions {
  host: JQuery;
  /** The connection node of that id, as the editor knows it. */
  nodeOf(id: string): unknown;
  warn(text: string): void;
  translate(key: string, values?: Record<string, string | number>): string;
  table(): TagTable;
}

interface Found extends Browsable {
  symbol: PlcSymbol;
  isNamed: boolean;
}

const fits = ({ name, address }: PlcSymbol, search: string): boolean =>
  search === '' || `${name} ${address}`.toLowerCase().includes(search);

/** A button that opens what the PLC and the symbols of the connection offer, to be picked into the table. */
export function plcBrowseButton({ host, nodeOf, warn, translate, table }: BrowseOptions): HTMLElement {
  const symbolSource = (symbols: readonly PlcSymbol[]): BrowseSource<Found> => ({
    key: 'symbols',
    label: `${translate('symbols')} (${symbols.length})`,
    isTyped: false,
    items: (_type, search) =>
      symbols
        .filter((symbol) => fits(symbol, search))
        .map((symbol) => ({ title: symbol.name, detail: symbol.address, type: symbol.type, symbol, isNamed: true })),
  });
  const blockSource = (block: { db: number; bytes: number }): BrowseSource<Found> => ({
    key: `DB${block.db}`,
    label: `DB${block.db} (${translate(block.bytes === 1 ? 'oneByte' : 'bytes', { bytes: block.bytes })})`,
    isTyped: true,
    items: (type, search) =>
      addressesOf(block, type)
        .filter((symbol) => fits(symbol, search))
        .map((symbol) => ({ title: symbol.address, detail: '', type: symbol.type, symbol, isNamed: false })),
  });

  const add = (picked: readonly Found[]): void => {
    const topics = table()
      .rows()
      .map((row) => row['topic'] ?? '');
    const rows = symbolRows(
      picked.map(({ symbol }) => symbol),
      topics,
    );
    // By its name where it has one: then a changed address needs a new import and nothing else.
    table().add(
      rows.map((row, index) => {
        const own = picked[index];
        return own?.isNamed === true ? { ...row, address: `"${own.symbol.name}"`, type: '' } : row;
      }),
    );
  };

  const open = (connection: object, close: () => void): BrowseList<Found> => {
    const fields = fieldsOfNode(connection, connectionFields);
    const symbols = parseSymbolLines(String(Reflect.get(connection, 'symbols') ?? ''));
    const list = browseList<Found>({
      translate,
      types: browsedTypes,
      sources: [symbolSource(symbols)],
      mostShown: mostProbed,
      async values(items) {
        const tags = items.map(({ symbol: { address, type } }) => ({ address, type }));
        const answer = await askPlc({ kind: 'values', connection: fields, tags });
        return answer.ok && answer.result.kind === 'values' ? answer.result.values : undefined;
      },
      add,
      onClose: close,
    });
    list.say(translate('running'));
    void askPlc({ kind: 'blocks', connection: fields }).then((answer) => {
      if (!answer.ok) list.say(translate('unreachable', { reason: answer.reason }));
      else if (answer.result.kind === 'failed') list.say(translate('unreachable', { reason: answer.result.reason }));
      else if (answer.result.kind === 'blocks') {
        list.say('');
        list.offer(answer.result.blocks.map(blockSource));
      }
    });
    return list;
  };
  return browseButton({ host, label: translate('button'), nodeOf, warn: () => warn(translate('noConnection')), open });
}
