import { crc16 } from './crc16.ts';

const CRC_BYTES = 2;

/** Length of a request with its check sum, as far as its beginning says it. */
function lengthOf(bytes: Buffer): number | 'no' | 'unknown' {
  const functionCode = bytes[1];
  if (functionCode === undefined) return 'unknown';
  if (functionCode >= 1 && functionCode <= 6) return 6 + CRC_BYTES;
  const countAt = functionCode === 15 || functionCode === 16 ? 6 : functionCode === 23 ? 10 : undefined;
  if (countAt !== undefined) {
    const count = bytes[countAt];
    return count === undefined ? 'unknown' : countAt + 1 + count + CRC_BYTES;
  }
  return functionCode === 22 ? 8 + CRC_BYTES : 'no';
}

/**
 * Takes the requests (unit, function and data) out of what came over a serial line, by their length and check sum. What may
 * be the beginning of one is kept.
 */
export function findRequest(received: Buffer): { requests: Buffer[]; rest: Buffer } {
  const requests: Buffer[] = [];
  let at = 0;
  /** Where a request may begin that is not complete. */
  let open: number | undefined;
  while (at < received.length) {
    const rest = received.subarray(at);
    const length = lengthOf(rest);
    if (length === 'unknown' || (length !== 'no' && rest.length < length)) {
      open ??= at;
      at += 1;
      continue;
    }
    if (length !== 'no' && rest.readUInt16LE(length - CRC_BYTES) === crc16(rest.subarray(0, length - CRC_BYTES))) {
      requests.push(rest.subarray(0, length - CRC_BYTES));
      at += length;
      open = undefined;
    } else at += 1;
  }
  return { requests, rest: open === undefined ? Buffer.alloc(0) : received.subarray(open) };
}
