/**
 * Bytes to be written `skip` bytes after the beginning of the value: of a text its largest length, which is the PLC's
 * affair, is left alone.
 */
export type Encoded = { ok: true; bytes: Uint8Array; skip: number } | { ok: false; code: EncodeFault; reason: string };
export type EncodeFault = 'wrong-type' | 'out-of-range';

export const refuse = (code: EncodeFault, reason: string): Encoded => ({ ok: false, code, reason });

export function view(size: number, fill: (view: DataView) => void): Encoded {
  const bytes = new Uint8Array(size);
  fill(new DataView(bytes.buffer));
  return { ok: true, bytes, skip: 0 };
}
