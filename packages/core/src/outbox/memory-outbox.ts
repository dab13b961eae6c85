import type { Outbox, OutboxBounds } from './outbox.ts';

interface Held<Entry> {
  readonly entry: Entry;
  readonly bytes: number;
}

/**
 * A first-in-first-out queue in memory. At its bound it drops the oldest entry that is not out, or the new one; an
 * entry larger than the whole bound is never taken in.
 */
export function createMemoryOutbox<Entry>({ samples, bytes: maxBytes, whenFull }: OutboxBounds): Outbox<Entry> {
  let waiting = createFifo<Held<Entry>>([]);
  // In the order in which they went out.
  const out = new Map<Entry, number>();
  let heldBytes = 0;

  const isFull = (bytes: number): boolean => waiting.size() + out.size >= samples || heldBytes + bytes > maxBytes;

  return {
    append(entry, bytes) {
      const dropped: Entry[] = [];
      while (whenFull === 'drop-oldest' && bytes <= maxBytes && isFull(bytes)) {
        const oldest = waiting.shift();
        if (oldest === undefined) break;
        heldBytes -= oldest.bytes;
        dropped.push(oldest.entry);
      }
      if (isFull(bytes)) {
        dropped.push(entry);
        return dropped;
      }
      waiting.push({ entry, bytes });
      heldBytes += bytes;
      return dropped;
    },
    take() {
      const oldest = waiting.shift();
      if (oldest === undefined) return undefined;
      out.set(oldest.entry, oldest.bytes);
      return oldest.entry;
    },
    remove(entry) {
      heldBytes -= out.get(entry) ?? 0;
      out.delete(entry);
    },
    takeBack() {
      if (out.size === 0) return;
      waiting = createFifo([...[...out].map(([entry, bytes]) => ({ entry, bytes })), ...waiting.rest()]);
      out.clear();
    },
    get queued() {
      return waiting.size() + out.size;
    },
    get out() {
      return out.size;
    },
  };
}

interface Fifo<Item> {
  push(item: Item): void;
  shift(): Item | undefined;
  size(): number;
  rest(): readonly Item[];
}

/**
 * An array with a moving head: taking from it costs the same at any length. `Array.shift` moves all that is behind, and
 * a Map walks over every entry that was deleted before (historian with 300,000 queued: 13 k against 38 k samples a second).
 */
function createFifo<Item>(items: Array<Item | undefined>): Fifo<Item> {
  let head = 0;
  return {
    push: (item) => void items.push(item),
    shift() {
      if (head >= items.length) return undefined;
      const item = items[head];
      items[head] = undefined;
      head += 1;
      if (head > 1_024 && head * 2 > items.length) {
        items.splice(0, head);
        head = 0;
      }
      return item;
    },
    size: () => items.length - head,
    rest: () => items.slice(head).filter((item) => item !== undefined),
  };
}
