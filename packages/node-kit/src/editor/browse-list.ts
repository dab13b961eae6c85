import { button } from './tag-cells.ts';

/** Something that can be picked into the tag table. */
export interface Browsable {
  /** What it is known by, shown first. */
  title: string;
  /** Shown beside it. */
  detail: string;
  type: string;
}

/** A part of what the device offers, to be chosen on the left. */
export interface BrowseSource<Item extends Browsable> {
  key: string;
  label: string;
  /** Whether what it holds is read as one of the types of the list. */
  isTyped: boolean;
  items(type: string, search: string): readonly Item[];
}

export interface BrowseListOptions<Item extends Browsable> {
  /** Of the keys `search`, `running`, `empty`, `add`, `read` and `close`. */
  translate(key: string): string;
  types: readonly string[];
  sources: readonly BrowseSource<Item>[];
  mostShown: number;
  /** Present values, one for each item; nothing when they cannot be had. */
  values(items: readonly Item[]): Promise<readonly { ok: boolean; text: string }[] | undefined>;
  add(picked: readonly Item[]): void;
  onClose(): void;
}

export interface BrowseList<Item extends Browsable> {
  element: HTMLElement;
  /** Offers more; the first of them is shown when there was nothing to show so far. */
  offer(sources: readonly BrowseSource<Item>[]): void;
  /** A line beside the search. */
  say(text: string): void;
}

/** Each list of values is a process that asks the device: not for every letter. */
const typingMs = 250;

/** Shares of the width: title, detail, type, value. */
const grow = [3, 2, 1, 2] as const;

function div(css: string): HTMLDivElement {
  const element = document.createElement('div');
  element.style.cssText = css;
  return element;
}

function lineOf(
  item: Browsable,
  isPicked: boolean,
  onPick: (isPicked: boolean) => void,
): { row: HTMLElement; value: HTMLElement } {
  const row = document.createElement('label');
  row.style.cssText =
    'display: flex; gap: 8px; align-items: baseline; margin: 0; padding: 1px 4px; width: auto; cursor: pointer;';
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.style.cssText = 'width: auto; margin: 0;';
  box.checked = isPicked;
  box.addEventListener('change', () => onPick(box.checked));
  const cells = [item.title, item.detail, item.type, ''].map((text, index) => {
    const cell = document.createElement('span');
    cell.textContent = text;
    cell.style.cssText = `flex: ${grow[index] ?? 1} 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;`;
    return cell;
  });
  row.append(box, ...cells);
  return { row, value: cells.at(-1) ?? row };
}

/** A source on the left, below it what it holds with its present values, to be ticked and added to the table. */
export function browseList<Item extends Browsable>(options: BrowseListOptions<Item>): BrowseList<Item> {
  const { translate, values, mostShown } = options;
  const element = div(
    'border: 1px solid var(--red-ui-form-input-border-color, #ccc); border-radius: 4px; padding: 8px; margin-bottom: 8px;',
  );
  element.className = 'bulkhead-browse';
  const bar = div('display: flex; gap: 6px; align-items: center; margin-bottom: 6px;');
  const source = document.createElement('select');
  const type = document.createElement('select');
  const search = document.createElement('input');
  const message = document.createElement('span');
  const list = div('height: 170px; overflow: auto; font-size: 12px;');
  source.style.width = '240px';
  type.style.width = '145px';
  search.type = 'text';
  search.placeholder = translate('search');
  search.style.width = '160px';
  message.style.cssText = 'opacity: 0.85; overflow: hidden; text-overflow: ellipsis;';
  for (const name of options.types) type.append(new Option(name, name));
  const sources: BrowseSource<Item>[] = [];
  const picked = new Map<string, Item>();
  let round = 0;

  const show = async (): Promise<void> => {
    round += 1;
    const mine = round;
    const chosen = sources.find(({ key }) => key === source.value);
    type.style.display = chosen?.isTyped === true ? '' : 'none';
    const items = chosen?.items(type.value, search.value.trim().toLowerCase()).slice(0, mostShown) ?? [];
    const lines = items.map((item) => {
      const key = `${item.title} ${item.detail} ${item.type}`;
      return lineOf(item, picked.has(key), (isPicked) => {
        if (isPicked) picked.set(key, item);
        else picked.delete(key);
      });
    });
    list.replaceChildren(...lines.map(({ row }) => row));
    if (items.length === 0) {
      list.textContent = translate('empty');
      return;
    }
    const read = await values(items);
    if (mine !== round || read === undefined) return;
    for (const [index, { ok, text }] of read.entries()) {
      const cell = lines[index]?.value;
      if (cell === undefined) continue;
      cell.textContent = text;
      cell.style.opacity = ok ? '1' : '0.6';
    }
  };

  const offer = (more: readonly BrowseSource<Item>[]): void => {
    const wasEmpty = sources.every(({ items }) => items(type.value, '').length === 0);
    sources.push(...more);
    for (const { key, label } of more) source.append(new Option(label, key));
    if (wasEmpty && more[0] !== undefined) source.value = more[0].key;
    void show();
  };
  const end = (): void => {
    round += 1;
    options.onClose();
  };
  const addPicked = (): void => {
    options.add([...picked.values()]);
    end();
  };

  for (const control of [source, type]) control.addEventListener('change', () => void show());
  let typing: number | undefined;
  search.addEventListener('input', () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => void show(), typingMs);
  });
  bar.append(source, type, search, message);
  const foot = div('display: flex; gap: 6px; margin-top: 6px;');
  foot.append(
    button('plus', translate('add'), addPicked),
    button('refresh', translate('read'), () => void show()),
    button('times', translate('close'), end),
  );
  element.append(bar, list, foot);
  offer(options.sources);
  return {
    element,
    offer,
    say(text) {
      message.textContent = text;
      message.title = text;
    },
  };
}
