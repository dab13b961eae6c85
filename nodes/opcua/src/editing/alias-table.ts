import { isRecord } from '@bulkhead/core';
import { segmentOf } from '@bulkhead/node-kit/editor';
import { aliasPattern } from '../protocol/address.ts';

export interface Alias {
  alias: string;
  uri: string;
}

export interface AliasTable {
  rows(): Alias[];
  /** Adds the namespaces that are not in the table yet, with names made from their URIs; gives how many. */
  offer(uris: readonly string[]): number;
}

export interface AliasTexts {
  alias: string;
  uri: string;
  add: string;
}

/** `urn:acme:filler` and `http://acme.com/UA/Filler/` are both `Filler` or `filler`. */
function aliasFor(uri: string, taken: ReadonlySet<string>): string {
  const parts = uri.split(/[:/#]+/).filter(Boolean);
  const segment = segmentOf(parts.at(-1) ?? '');
  const base = aliasPattern.test(segment) ? segment : `ns_${segment}`;
  let alias = base;
  for (let number = 2; taken.has(alias); number += 1) alias = `${base}_${number}`;
  return alias;
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function cell(name: string, value: string, placeholder: string, grow: number): HTMLInputElement {
  const input = document.createElement('input');
  input.type = 'text';
  input.value = value;
  input.placeholder = placeholder;
  input.dataset['column'] = name;
  input.style.cssText = `flex: ${grow} 1 0; min-width: 0; margin: 0 4px 0 0;`;
  return input;
}

/** Short names for the URIs of namespaces. */
export function aliasTable(list: JQuery, aliases: unknown, texts: AliasTexts): AliasTable {
  const rowOf = (item: Element): Alias => {
    const text = (name: string): string =>
      item.querySelector<HTMLInputElement>(`[data-column="${name}"]`)?.value.trim() ?? '';
    return { alias: text('alias'), uri: text('uri') };
  };
  const rows = (): Alias[] => Array.from(list.children('li'), rowOf).filter(({ alias, uri }) => alias + uri !== '');

  list.editableList<Partial<Alias>>({
    addButton: texts.add,
    removable: true,
    height: 220,
    addItem(container, _index, { alias = '', uri = '' }) {
      const element = container.get(0);
      if (element === undefined) return;
      element.style.cssText += 'display: flex; align-items: center;';
      const name = cell('alias', alias, texts.alias, 1);
      const check = (): void => {
        name.classList.toggle('input-error', name.value !== '' && !aliasPattern.test(name.value.trim()));
      };
      name.addEventListener('input', check);
      check();
      element.append(name, cell('uri', uri, texts.uri, 3));
    },
  });
  const known: Alias[] = (Array.isArray(aliases) ? aliases : [])
    .filter(isRecord)
    .map(({ alias, uri }) => ({ alias: wordOf(alias), uri: wordOf(uri) }));
  list.editableList('addItems', known);

  return {
    rows,
    offer(uris) {
      const present = rows();
      const taken = new Set(present.map(({ alias }) => alias));
      const fresh = uris
        // The first is the standard's, which has the index 0 everywhere.
        .slice(1)
        .filter((uri) => uri !== '' && !present.some((row) => row.uri === uri))
        .map((uri) => {
          const alias = aliasFor(uri, taken);
          taken.add(alias);
          return { alias, uri };
        });
      list.editableList('addItems', fresh);
      return fresh.length;
    },
  };
}
