import type { ByteOrder } from './register-type.ts';

const isWordsReversed = (order: ByteOrder): boolean => order === 'CDAB' || order === 'DCBA';
const isBytesSwapped = (order: ByteOrder): boolean => order === 'BADC' || order === 'DCBA';

/** Registers as bytes in the order of the specification. */
export function bytesOf(words: readonly number[], order: ByteOrder): DataView<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(words.length * 2));
  for (const [index, word] of words.entries()) {
    const at = isWordsReversed(order) ? words.length - 1 - index : index;
    bytes.setUint16(at * 2, word, isBytesSwapped(order));
  }
  return bytes;
}

/** The registers that `bytesOf` would make these bytes of; an odd last byte is followed by 0. */
export function wordsOf(bytes: Uint8Array, order: ByteOrder): number[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 2) * 2);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Array.from({ length: padded.length / 2 }, (_, at) => view.getUint16(at * 2, isBytesSwapped(order)));
  return isWordsReversed(order) ? words.reverse() : words;
}
