import { DataType, type DataValue, type Variant, VariantArrayType } from 'node-opcua-client';
import { isRecord } from '@bulkhead/core';

const longest = 60;
const elementsShown = 5;

function int64(value: unknown, isSigned: boolean): string {
  const parts: unknown[] = Array.isArray(value) ? value : [];
  const [high, low] = parts;
  const all = (BigInt(Number(high)) << 32n) + BigInt(Number(low));
  return String(isSigned ? BigInt.asIntN(64, all) : all);
}

function scalarText(dataType: DataType, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (dataType === DataType.Int64 || dataType === DataType.UInt64) return int64(value, dataType === DataType.Int64);
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  if (isRecord(value)) return 'text' in value ? String(value['text']) : value.constructor.name;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function elementsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const elements: unknown[] = ArrayBuffer.isView(value) ? Object.values(value) : [];
  return elements;
}

function wholeText(variant: Variant): string {
  const { arrayType, dataType } = variant;
  const value: unknown = variant.value;
  if (arrayType === VariantArrayType.Scalar) return scalarText(dataType, value);
  const all = elementsOf(value);
  const shown = all.slice(0, elementsShown).map((element) => scalarText(dataType, element));
  return `[${shown.join(', ')}${all.length > elementsShown ? ', …' : ''}] (${all.length})`;
}

/** A value for a line of a list; a bad one is the name of its status, and never a number. */
export function valueText(read: DataValue | undefined): { text: string; isGood: boolean } {
  if (read === undefined) return { text: '', isGood: false };
  if (read.statusCode.isBad()) return { text: read.statusCode.name, isGood: false };
  const text = read.value ? wholeText(read.value) : '';
  return { text: text.length > longest ? `${text.slice(0, longest - 1)}…` : text, isGood: read.statusCode.isGood() };
}
