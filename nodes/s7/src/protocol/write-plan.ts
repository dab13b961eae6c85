import { DATA_HEAD, ITEM_BYTES, isCounted, type WriteItem, WRITE_OVERHEAD } from './items.ts';
import { mostItems } from './read-plan.ts';

/** A value, or a part of one that is too large for a message; `index` is that of the item it belongs to. */
export interface WritePart {
  index: number;
  item: WriteItem;
}

function partsOf(item: WriteItem, index: number, largest: number): WritePart[] {
  const parts: WritePart[] = [];
  for (let from = 0; from < item.bytes.length; from += largest) {
    const place = { ...item.place, byte: item.place.byte + from };
    parts.push({ index, item: { ...item, place, bytes: item.bytes.subarray(from, from + largest) } });
  }
  return parts;
}

/** Puts the items into messages no larger than agreed, with 19 at most, in their order: a command bit comes after its values. */
export function packWrites(items: readonly WriteItem[], pduBytes: number): WritePart[][] {
  const room = pduBytes - WRITE_OVERHEAD - ITEM_BYTES - DATA_HEAD;
  const largest = room - (room % 2);
  const messages: WritePart[][] = [];
  let size = 0;
  for (const part of items.flatMap((item, index) => partsOf(item, index, largest))) {
    const bytes = part.item.bytes.length;
    const own = ITEM_BYTES + DATA_HEAD + bytes + (bytes % 2);
    const message = messages.at(-1);
    if (message !== undefined && message.length < mostItems && size + own <= pduBytes) {
      message.push(part);
      size += own;
    } else {
      messages.push([part]);
      size = WRITE_OVERHEAD + own;
    }
  }
  return messages;
}

/** The item that writes a value `skip` bytes after where it begins. */
export function writeItemOf(
  {
    span,
    bit,
    scalar,
  }: { span: { area: WriteItem['place']['area']; db: number; start: number }; bit: number; scalar: { type: string } },
  bytes: Uint8Array,
  skip: number,
): WriteItem {
  const isBit = scalar.type === 'BOOL' && !isCounted(span.area);
  return { place: { area: span.area, db: span.db, byte: span.start + skip, bit }, isBit, bytes };
}
