import { button } from '@bulkhead/node-kit/editor';
import { mostProbed, type ProbeAnswer } from '../probing/question.ts';
import type { PlcSymbol } from '../protocol/symbol-lines.ts';
import { addressesOf, browsedTypes } from './block-addresses.ts';

export interface Browsable extends PlcSymbol {
  isSymbol: boolean;
}

export interface BrowseListOptions {
  translate(key: string, values?: Record<string, string | number>): string;
  symbols: readonly PlcSymbol[];
  values(tags: { address: string; type: string }[]): Promise<ProbeAnswer>;
  add(picked: readonly Browsable[]): void;
  onClose(): void;
}

export interface BrowseList {
  element: HTMLElement;
  showBlocks(blocks: readonly { db: number; bytes: number }[]): void;
  /** A line instead of the list of blocks. */
  say(text: string): void;
}

const symbolsKey = 'symbols';
const mostShown = mostProbed;

function div(css: string): HTMLDivElement {
  const element = document.createElement('div');
  element.style.cssText = css;
  return element;
}

/** A source on the left (the symbols, or a data block), on the right what it holds with its present values. */
export function browseList({ translate, symbols, values, add, onClose }: BrowseListOptions): BrowseList {
  const element = div(
    'border: 1px solid var(--red-ui-form-input-border-color, #ccc); border-radius: 4px; padding: 8px; margin-bottom: 8px;',
  );
  element.className = 's7-browse';
  const bar = div('display: flex; gap: 6px; align-items: center; margin-bottom: 6px;');
  const source = document.createElement('select');
  const type = document.createElement('select');
  const search = document.createElement('input');
  const message = document.createElement('span');
  const list = div('height: 170px; overflow: auto; font-size: 12px;');
  source.style.width = '240px';
  type.style.width = '110px';
  search.type = 'text';
  search.placeholder = translate('search');
  search.style.width = '160px';
  message.style.cssText = 'opacity: 0.85; overflow: hidden; text-overflow: ellipsis;';
  message.textContent = translate('running');
  for (const name of browsedTypes) type.append(new Option(name, name));
  source.append(new Option(`${translate('symbols')} (${symbols.length})`, symbolsKey));
  const picked = new Map<string, Browsable>();
  let blocks: readonly { db: number; bytes: number }[] = [];
  let round = 0;

  const offered = (): Browsable[] => {
    const wanted = search.value.trim().toLowerCase();
    const block = blocks.find(({ db }) => source.value === `DB${db}`);
    const all: Browsable[] =
      block === undefined
        ? symbols.map((symbol) => ({ ...symbol, isSymbol: true }))
        : addressesOf(block, type.value).map((entry) => ({ ...entry, isSymbol: false }));
    const fits = all.filter(
      ({ name, address }) => wanted === '' || `${name} ${address}`.toLowerCase().includes(wanted),
    );
    return fits.slice(0, mostShown);
  };

  const line = (item: Browsable): { row: HTMLElement; value: HTMLElement } => {
    const row = document.createElement('label');
    row.style.cssText =
      'display: flex; gap: 8px; align-items: baseline; margin: 0; padding: 1px 4px; width: auto; cursor: pointer;';
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.style.cssText = 'width: auto; margin: 0;';
    const key = `${item.name} ${item.address} ${item.type}`;
    box.checked = picked.has(key);
    box.addEventListener('change', () => {
      if (box.checked) picked.set(key, item);
      else picked.delete(key);
    });
    const texts = [item.isSymbol ? item.name : item.address, item.isSymbol ? item.address : '', item.type, ''].map(
      (text, index) => {
        const cell = document.createElement('span');
        cell.textContent = text;
        cell.style.cssText = `flex: ${[3, 2, 1, 2][index] ?? 1} 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;`;
        return cell;
      },
    );
    row.append(box, ...texts);
    return { row, value: texts.at(-1) ?? row };
  };

  const show = async (): Promise<void> => {
    round += 1;
    const mine = round;
    type.style.display = source.value === symbolsKey ? 'none' : '';
    const items = offered();
    const lines = items.map(line);
    list.replaceChildren(...lines.map(({ row }) => row));
    if (items.length === 0) {
      list.textContent = translate('empty');
      return;
    }
    const answer = await values(items.map(({ address, type: of }) => ({ address, type: of })));
    if (mine !== round || !answer.ok || answer.result.kind !== 'values') return;
    for (const [index, { ok, text }] of answer.result.values.entries()) {
      const cell = lines[index]?.value;
      if (cell === undefined) continue;
      cell.textContent = text;
      cell.style.opacity = ok ? '1' : '0.6';
    }
  };

  for (const control of [source, type]) control.addEventListener('change', () => void show());
  search.addEventListener('input', () => void show());
  const end = (): void => {
    round += 1;
    onClose();
  };
  const addPicked = (): void => {
    add([...picked.values()]);
    end();
  };
  bar.append(source, type, search, message);
  const foot = div('display: flex; gap: 6px; margin-top: 6px;');
  foot.append(
    button('plus', translate('add'), addPicked),
    button('refresh', translate('read'), () => void show()),
    button('times', translate('close'), end),
  );
  element.append(bar, list, foot);
  void show();
  return {
    element,
    showBlocks(found) {
      blocks = found;
      message.textContent = '';
      for (const { db, bytes } of found)
        source.append(new Option(`DB${db} (${translate('bytes', { bytes })})`, `DB${db}`));
      if (symbols.length === 0 && found[0] !== undefined) source.value = `DB${found[0].db}`;
      void show();
    },
    say(text) {
      message.textContent = text;
      message.title = text;
    },
  };
}
