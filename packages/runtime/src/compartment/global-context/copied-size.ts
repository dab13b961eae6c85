import { serialize } from 'node:v8';

/** Bytes that a value takes on the stream between processes; null when it cannot be copied to another process. */
export function copiedSize(value: unknown): number | null {
  try {
    return serialize(value).byteLength;
  } catch {
    return null;
  }
}
