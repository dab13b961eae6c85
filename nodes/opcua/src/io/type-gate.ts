import { decodeStructure } from '../protocol/decode-structure.ts';
import { isIterable } from '../protocol/raw-parts.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import { type DataTypes } from './data-types.ts';

/** A structure may hold others whose types show only when it is read. */
const mostRounds = 20;

function structuresIn({ isArray, value }: RawValue): unknown[] {
  return isArray && isIterable(value) ? [...value] : [value];
}

function isEncoded(value: unknown): value is { encodingId: string; bytes: Uint8Array } {
  return typeof value === 'object' && value !== null && 'encodingId' in value && 'bytes' in value;
}

/** Encodings of these values that are not yet known, and of which the server has not been asked. */
function unknownIn(values: readonly RawValue[], types: DataTypes): string[] {
  const unknown = new Set<string>();
  for (const raw of values) {
    // Nearly all are none, hundreds of thousands a second.
    if (raw.type !== 'structure') continue;
    for (const each of structuresIn(raw)) {
      if (!isEncoded(each)) continue;
      const decoded = decodeStructure(each, types, 'number');
      if (decoded.ok || decoded.code !== 'unknown-type' || types.isSettled(decoded.typeId)) continue;
      unknown.add(decoded.typeId);
    }
  }
  return [...unknown];
}

/** Finds out the types of the structures among these values; nothing when all is known. Never rejects. */
export function learnTypes(values: readonly RawValue[], types: DataTypes): Promise<void> | undefined {
  const first = unknownIn(values, types);
  if (first.length === 0) return undefined;
  const learn = async (): Promise<void> => {
    let unknown = first;
    for (let round = 0; round < mostRounds && unknown.length > 0; round += 1) {
      await types.learnEncodings(unknown);
      unknown = unknownIn(values, types);
    }
  };
  return learn().catch(() => undefined);
}
