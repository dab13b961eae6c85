import { coerceNodeId, DataType, LocalizedText, QualifiedName, Variant, VariantArrayType } from 'node-opcua-client';
import { OpaqueStructure } from 'node-opcua-extension-object';
import { statusCodeOf } from './status-code-of.ts';
import type { WireElement, WireValue } from '../protocol/encode.ts';
import type { BuiltInType } from '../protocol/built-in-type.ts';

const LOW_WORD = 0xffff_ffffn;

function words(value: bigint): [number, number] {
  const bits = BigInt.asUintN(64, value);
  return [Number(bits >> 32n), Number(bits & LOW_WORD)];
}

function qualifiedName(text: string): QualifiedName {
  const [, index = '0', name = text] = /^(\d{1,5}):(.*)$/s.exec(text) ?? [];
  return new QualifiedName({ namespaceIndex: Number(index), name });
}

/** What the library takes for it. */
function elementOf(type: BuiltInType, value: WireElement): unknown {
  switch (typeof value) {
    case 'bigint':
      return words(value);
    case 'string':
      if (type === 'NodeId' || type === 'ExpandedNodeId') return coerceNodeId(value);
      return type === 'QualifiedName' ? qualifiedName(value) : value;
    case 'number':
      return type === 'StatusCode' ? statusCodeOf(value) : value;
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if ('bytes' in value) return new OpaqueStructure(coerceNodeId(value.encodingId), Buffer.from(value.bytes));
  return new LocalizedText({ text: value.text, locale: value.locale ?? null });
}

function isList(value: WireValue['value']): value is readonly WireElement[] {
  return Array.isArray(value);
}

export function variantOf({ type, value, isArray, dimensions }: WireValue): Variant {
  const dataType = DataType[type];
  if (!isArray || !isList(value)) {
    const only = isList(value) ? (value[0] ?? null) : value;
    return new Variant({ dataType, arrayType: VariantArrayType.Scalar, value: elementOf(type, only) });
  }
  const values = value.map((each) => elementOf(type, each));
  return dimensions === undefined
    ? new Variant({ dataType, arrayType: VariantArrayType.Array, value: values })
    : new Variant({ dataType, arrayType: VariantArrayType.Matrix, dimensions: [...dimensions], value: values });
}
