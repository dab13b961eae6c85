import type { ByteOrder } from './register-type.ts';

const isWordsReversed = (order: ByteOrder): boolean => order === 'CDAB' || order === 'DCBA';
const isBytesSwapped = (order: ByteOrder): boolean => order === 'BADC' || order === 'DCBA';

/** Registers as bytes in the order of the specification. */
export function bytesOf(words: readonly number[], order: ByteOrder): DataView<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(words.length * 2));
  fillBytes(bytes, words, 0, words.length, order);
  return bytes;
}

/** The same for `count` registers from `from` on, into `bytes`. */
export function fillBytes(
  bytes: DataView,
  words: readonly number[],
  from: number,
  count: number,
  order: ByteOrder,
): void {
  const isSwapped = isBytesSwapped(order);
  const isReversed = isWordsReversed(order);
  for (let index = 0; index < count; index += 1) {
    const at = isReversed ? count - 1 - index : index;
    bytes.setUint16(at * 2, words[from + index] ?? 0, isSwapped);
  }
}

/** The registers that `bytesOf` would make these bytes of; an odd last byte is followed by 0. */
export function wordsOf(bytes: Uint8Array, order: ByteOrder): number[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 2) * 2);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Array.from({ length: padded.length / 2 }, (_, at) => view.getUint16(at * 2, isBytesSwapped(order)));
  return isWordsReversed(order) ? words.reverse() : words;
}
