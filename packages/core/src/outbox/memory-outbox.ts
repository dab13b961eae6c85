import type { Outbox, OutboxBounds } from './outbox.ts';

/**
 * A first-in-first-out queue in memory. At its bound it drops the oldest entry that is not out, or the new one; an
 * entry larger than the whole bound is never taken in.
 */
export function createMemoryOutbox<Entry>({ samples, bytes: maxBytes, whenFull }: OutboxBounds): Outbox<Entry> {
  // A Map keeps the order of insertion and deletes from the middle at no cost.
  let waiting = new Map<Entry, number>();
  const out = new Map<Entry, number>();
  let heldBytes = 0;

  const isFull = (bytes: number): boolean => waiting.size + out.size >= samples || heldBytes + bytes > maxBytes;

  return {
    append(entry, bytes) {
      const dropped: Entry[] = [];
      while (whenFull === 'drop-oldest' && bytes <= maxBytes && isFull(bytes)) {
        const oldest = waiting.entries().next();
        if (oldest.done) break;
        waiting.delete(oldest.value[0]);
        heldBytes -= oldest.value[1];
        dropped.push(oldest.value[0]);
      }
      if (isFull(bytes)) {
        dropped.push(entry);
        return dropped;
      }
      waiting.set(entry, bytes);
      heldBytes += bytes;
      return dropped;
    },
    take() {
      const oldest = waiting.entries().next();
      if (oldest.done) return undefined;
      const [entry, bytes] = oldest.value;
      waiting.delete(entry);
      out.set(entry, bytes);
      return entry;
    },
    remove(entry) {
      heldBytes -= out.get(entry) ?? waiting.get(entry) ?? 0;
      out.delete(entry);
      waiting.delete(entry);
    },
    takeBack() {
      if (out.size === 0) return;
      waiting = new Map([...out, ...waiting]);
      out.clear();
    },
    get queued() {
      return waiting.size + out.size;
    },
    get out() {
      return out.size;
    },
  };
}
