import { ExtensionObject, LocalizedText, NodeId, QualifiedName, StatusCode, Variant } from 'node-opcua-client';
import { base64Of } from '../protocol/base64.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import { integer64, isIterable, isoTime } from '../protocol/raw-parts.ts';
import { nodeIdText } from './node-id-text.ts';

const deepest = 50;
/** 64-bit integers are given as their high and low words, in structures too. */
const WIDE = /^U?Int64$/;

function fieldOf(object: ExtensionObject, name: string, fieldType: string, depth: number): PlainValue {
  const value: unknown = Reflect.get(object, name);
  if (!WIDE.test(fieldType)) return plainOf(value, depth + 1);
  const isSigned = fieldType === 'Int64';
  return Array.isArray(value) && Array.isArray(value[0])
    ? value.map((words) => integer64(words, isSigned) ?? null)
    : (integer64(value, isSigned) ?? null);
}

type Schema = ExtensionObject['schema'];

/** Field names in OPC UA begin with a capital; the library writes them small. */
const specified = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

function structureOf(object: ExtensionObject, depth: number): PlainValue {
  const entries: [string, PlainValue][] = [];
  for (let schema: Schema | null | undefined = object.schema; schema; schema = schema.getBaseSchema()) {
    const own = schema.fields.map(({ name, fieldType }): [string, PlainValue] => [
      specified(name),
      fieldOf(object, name, fieldType, depth),
    ]);
    entries.unshift(...own);
  }
  return Object.fromEntries(entries);
}

/** What the library made of a value of the specification, free of its classes. */
export function plainOf(value: unknown, depth = 0): PlainValue {
  if (depth > deepest) return null;
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return value;
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null) return null;
  if (value instanceof Date) return isoTime(value) ?? null;
  if (value instanceof Uint8Array) return base64Of(value);
  if (Array.isArray(value)) return value.map((element) => plainOf(element, depth + 1));
  if (value instanceof NodeId) return nodeIdText(value);
  if (value instanceof QualifiedName) {
    const { name, namespaceIndex } = value;
    return name === null || namespaceIndex === 0 ? name : `${namespaceIndex}:${name}`;
  }
  if (value instanceof LocalizedText) return value.text;
  if (value instanceof StatusCode) return value.value;
  if (value instanceof Variant) return plainOf(value.value, depth + 1);
  if (value instanceof ExtensionObject) return structureOf(value, depth);
  return ArrayBuffer.isView(value) && isIterable(value) ? Array.from(value, (each) => plainOf(each, depth + 1)) : null;
}
