import type { EventTypeOffer } from '../probing/result.ts';

export interface EventTypeList {
  show(types: readonly EventTypeOffer[], chosen: string): void;
  /** Shows those only whose names hold the words, and what they are derived from. */
  filter(words: string): void;
}

interface Line {
  type: EventTypeOffer;
  depth: number;
  element: HTMLElement;
}

const isStandard = ({ address }: EventTypeOffer): boolean => address.startsWith('i=');

/** Those of the server before those of the standard, which are many. */
function inOrder(a: EventTypeOffer, b: EventTypeOffer): number {
  return Number(isStandard(a)) - Number(isStandard(b)) || a.name.localeCompare(b.name);
}

/** The types below one, each followed by those that are derived from it. */
function below(types: readonly EventTypeOffer[], parent: string, depth = 0): Array<Pick<Line, 'type' | 'depth'>> {
  const own = types.filter((type) => type.parent === parent).sort(inOrder);
  return own.flatMap((type) => [{ type, depth }, ...below(types, type.address, depth + 1)]);
}

function lineOf(type: EventTypeOffer, depth: number, isChosen: boolean, onChoose: () => void): HTMLElement {
  const row = document.createElement('label');
  row.className = 'opcua-event-type';
  row.title = type.address;
  row.style.cssText = `display: flex; gap: 6px; align-items: center; margin: 0; padding: 1px 4px 1px ${4 + depth * 14}px; width: auto; cursor: pointer;`;
  const box = document.createElement('input');
  box.type = 'radio';
  box.name = 'opcua-event-type';
  box.checked = isChosen;
  box.style.cssText = 'width: auto; margin: 0; flex: none;';
  box.addEventListener('change', onChoose);
  const name = document.createElement('span');
  name.textContent = type.name;
  const address = document.createElement('span');
  address.textContent = type.address;
  address.style.cssText = 'opacity: 0.6; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;';
  row.append(box, name, address);
  return row;
}

/** The types of events of a server, below those that they are derived from; one can be chosen. */
export function eventTypeList(host: HTMLElement, onChoose: (type: EventTypeOffer) => void): EventTypeList {
  let lines: Line[] = [];
  let words: readonly string[] = [];

  const refresh = (): void => {
    const shown = new Set<Line>();
    for (const [at, line] of lines.entries()) {
      if (!words.every((word) => line.type.name.toLowerCase().includes(word))) continue;
      // What it is derived from stands before it, each one step further left.
      let { depth } = line;
      shown.add(line);
      for (const before of lines.slice(0, at).reverse()) {
        if (before.depth >= depth) continue;
        shown.add(before);
        ({ depth } = before);
      }
    }
    for (const line of lines) line.element.style.display = shown.has(line) ? 'flex' : 'none';
  };

  return {
    show(types, chosen) {
      lines = below(types, '').map(({ type, depth }) => ({
        type,
        depth,
        element: lineOf(type, depth, type.address === chosen, () => onChoose(type)),
      }));
      host.replaceChildren(...lines.map(({ element }) => element));
      refresh();
      lines.find(({ type }) => type.address === chosen)?.element.scrollIntoView({ block: 'nearest' });
    },
    filter(text) {
      words = text.toLowerCase().split(/\s+/).filter(Boolean);
      refresh();
    },
  };
}
