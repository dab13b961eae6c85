import { base64Of } from './base64.ts';
import { type BinaryReader, UnreadableBytes } from './binary-reader.ts';

const IDENTIFIER_MASK = 0x3f;
const HAS_NAMESPACE_URI = 0x80;
const HAS_SERVER_INDEX = 0x40;

function textOf(namespace: number, identifier: string): string {
  return namespace === 0 ? identifier : `ns=${namespace};${identifier}`;
}

function readBody(reader: BinaryReader, kind: number): string {
  switch (kind) {
    case 0:
      return textOf(0, `i=${reader.byte()}`);
    case 1:
      return textOf(reader.byte(), `i=${reader.uint16()}`);
    case 2:
      return textOf(reader.uint16(), `i=${reader.uint32()}`);
    case 3:
      return textOf(reader.uint16(), `s=${reader.string() ?? ''}`);
    case 4:
      return textOf(reader.uint16(), `g=${reader.guid()}`);
    case 5:
      return textOf(reader.uint16(), `b=${base64Of(reader.bytes() ?? new Uint8Array())}`);
    default:
      throw new UnreadableBytes(`a node id of kind ${kind}`);
  }
}

/** A NodeId or an ExpandedNodeId as text (OPC 10000-6, clauses 5.2.2.9, 5.2.2.10). */
export function readNodeId(reader: BinaryReader): string {
  const head = reader.byte();
  const body = readBody(reader, head & IDENTIFIER_MASK);
  const uri = (head & HAS_NAMESPACE_URI) === 0 ? null : reader.string();
  const server = (head & HAS_SERVER_INDEX) === 0 ? 0 : reader.uint32();
  const prefix = server === 0 ? '' : `svr=${server};`;
  return uri === null ? `${prefix}${body}` : `${prefix}nsu=${uri};${body.replace(/^ns=\d+;/, '')}`;
}

/** `2:Speed`; without a number for namespace 0. */
export function readQualifiedName(reader: BinaryReader): string | null {
  const namespace = reader.uint16();
  const name = reader.string();
  return name === null || namespace === 0 ? name : `${namespace}:${name}`;
}

export function readLocalizedText(reader: BinaryReader): string | null {
  const mask = reader.byte();
  if ((mask & 1) !== 0) reader.string();
  return (mask & 2) === 0 ? null : reader.string();
}
