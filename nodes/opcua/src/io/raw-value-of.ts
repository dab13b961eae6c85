import { type DataValue, DataType, VariantArrayType } from 'node-opcua-client';
import type { RawType, RawValue } from '../protocol/raw-value.ts';

const TYPES: Partial<Record<DataType, RawType>> = {
  [DataType.Null]: 'null',
  [DataType.Boolean]: 'boolean',
  [DataType.SByte]: 'number',
  [DataType.Byte]: 'number',
  [DataType.Int16]: 'number',
  [DataType.UInt16]: 'number',
  [DataType.Int32]: 'number',
  [DataType.UInt32]: 'number',
  [DataType.Float]: 'number',
  [DataType.Double]: 'number',
  [DataType.Int64]: 'int64',
  [DataType.UInt64]: 'uint64',
  [DataType.String]: 'string',
  [DataType.Guid]: 'string',
  [DataType.DateTime]: 'date',
  [DataType.LocalizedText]: 'localized-text',
};

const PICOSECONDS_PER_MS = 1e9;

function epochMs(time: Date | null | undefined, picoseconds: number): number | undefined {
  const ms = time?.getTime();
  return ms === undefined || !Number.isFinite(ms) ? undefined : ms + picoseconds / PICOSECONDS_PER_MS;
}

/** The library's value without the library's classes. */
export function rawValueOf(received: DataValue): RawValue {
  const variant = received.value;
  const sourceTime = epochMs(received.sourceTimestamp, received.sourcePicoseconds);
  const serverTime = epochMs(received.serverTimestamp, received.serverPicoseconds);
  // The library leaves the variant null when the server sent none, whatever its type says.
  const type = variant ? (TYPES[variant.dataType] ?? 'other') : 'null';
  const isMatrix = variant?.arrayType === VariantArrayType.Matrix;
  return {
    code: received.statusCode.value,
    type: isMatrix ? 'other' : type,
    isArray: variant?.arrayType === VariantArrayType.Array,
    value: variant?.value,
    ...(sourceTime === undefined ? {} : { sourceTime }),
    ...(serverTime === undefined ? {} : { serverTime }),
  };
}
