import { bytesOfBase64 } from './base64.ts';
import type { BinaryWriter } from './binary-writer.ts';
import type { BuiltInType } from './built-in-type.ts';
import type { WireScalar } from './coerce.ts';

function writeNodeId(writer: BinaryWriter, text: string): void {
  const [, index = '0', kind = 'i', id = '0'] = /^(?:ns=(\d+);)?([isgb])=(.*)$/s.exec(text) ?? [];
  const namespace = Number(index);
  const head = (code: number): void => {
    writer.byte(code);
    writer.int16(namespace);
  };
  switch (kind) {
    case 's':
      head(3);
      writer.string(id);
      return;
    case 'g':
      head(4);
      writer.guid(id);
      return;
    case 'b':
      head(5);
      writer.bytes(bytesOfBase64(id) ?? new Uint8Array());
      return;
    default:
      head(2);
      writer.int32(Number(id) | 0);
  }
}

function writeQualifiedName(writer: BinaryWriter, text: string): void {
  const [, index = '0', name = text] = /^(\d{1,5}):(.*)$/s.exec(text) ?? [];
  writer.int16(Number(index));
  writer.string(name);
}

function writeLocalizedText(writer: BinaryWriter, value: WireScalar): void {
  const isText = typeof value === 'object' && value !== null && 'text' in value;
  const [text, locale] = isText ? [value.text, value.locale] : [null, undefined];
  writer.byte((locale === undefined ? 0 : 1) | (text === null ? 0 : 2));
  if (locale !== undefined) writer.string(locale);
  if (text !== null) writer.string(text);
}

/** A value that `coerce` made of this type. */
export function writeBuiltIn(writer: BinaryWriter, type: BuiltInType, value: WireScalar): void {
  const text = typeof value === 'string' ? value : null;
  const number = Number(value);
  switch (type) {
    case 'Boolean':
      return writer.byte(value === true ? 1 : 0);
    case 'SByte':
    case 'Byte':
      return writer.byte(number);
    case 'Int16':
    case 'UInt16':
      return writer.int16(number);
    case 'Int32':
    case 'UInt32':
    case 'StatusCode':
      return writer.int32(number);
    case 'Int64':
    case 'UInt64':
      return writer.int64(BigInt.asIntN(64, typeof value === 'bigint' ? value : 0n));
    case 'Float':
      return writer.float(number);
    case 'Double':
      return writer.double(number);
    case 'DateTime':
      return writer.dateTime(value instanceof Date ? value : new Date(0));
    case 'Guid':
      return writer.guid(text ?? '');
    case 'ByteString':
      return writer.bytes(value instanceof Uint8Array ? value : null);
    case 'NodeId':
    case 'ExpandedNodeId':
      return writeNodeId(writer, text ?? 'i=0');
    case 'QualifiedName':
      return writeQualifiedName(writer, text ?? '');
    case 'LocalizedText':
      return writeLocalizedText(writer, value);
    default:
      return writer.string(text);
  }
}
