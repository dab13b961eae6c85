import { type BinaryReader, binaryReader, UnreadableBytes } from './binary-reader.ts';
import { shapeMatrix } from './matrix.ts';
import type { PlainValue } from './plain-value.ts';
import { mostDepth, readArray, readBuiltIn, readDimensions } from './read-built-in.ts';
import type {
  EncodedStructure,
  EnumType,
  FieldType,
  StructureField,
  StructureType,
  TypeLookup,
} from './structure-type.ts';

/** How the value of an enumeration is given: its number, its name, or both as `{value, name}`. */
export type EnumForm = 'number' | 'name' | 'both';

export type DecodedStructure =
  | { ok: true; value: PlainValue }
  /** `typeId` is the encoding that is not known. */
  | { ok: false; code: 'unknown-type'; typeId: string }
  | { ok: false; code: 'garbled' };

export function enumValue(number: number, type: EnumType, form: EnumForm): PlainValue {
  if (form === 'number') return number;
  // A number that the type does not name is a value all the same.
  const name = type.names.get(number) ?? String(number);
  return form === 'name' ? name : { value: number, name };
}

class UnknownType extends Error {
  readonly typeId: string;
  constructor(typeId: string) {
    super(`unknown type ${typeId}`);
    this.typeId = typeId;
  }
}

function createDecoder(lookup: TypeLookup, form: EnumForm) {
  const headed = (encodingId: string, bytes: Uint8Array, depth: number): PlainValue => {
    const type = lookup.byEncoding(encodingId);
    if (type === undefined) throw new UnknownType(encodingId);
    const reader = binaryReader(bytes);
    const value = structure(reader, type, depth);
    // A definition that is shorter than the value is not the definition of this value.
    if (reader.left > 0) throw new UnreadableBytes(`${reader.left} bytes too many`);
    return value;
  };

  const scalar = (reader: BinaryReader, type: FieldType, depth: number): PlainValue => {
    switch (type.kind) {
      case 'built-in':
        return readBuiltIn(reader, type.type, headed, depth);
      case 'enum':
        return enumValue(reader.int32(), type.type, form);
      case 'structure': {
        const known = lookup.byDataType(type.dataTypeId);
        if (known === undefined) throw new UnknownType(type.dataTypeId);
        return structure(reader, known, depth + 1);
      }
    }
  };

  const field = (reader: BinaryReader, { type, dimensions }: StructureField, depth: number): PlainValue => {
    const readOne = (): PlainValue => scalar(reader, type, depth);
    if (dimensions === 0) return readOne();
    if (dimensions === 1) return readArray(reader, readOne);
    const sizes = readDimensions(reader);
    const total = sizes.reduce((product, size) => product * size, 1);
    if (total < 0 || total > reader.left) throw new UnreadableBytes(`${total} elements, ${reader.left} bytes`);
    const values = Array.from({ length: total }, readOne);
    return shapeMatrix(values, sizes) ?? null;
  };

  const structure = (reader: BinaryReader, type: StructureType, depth: number): PlainValue => {
    if (depth > mostDepth) throw new UnreadableBytes(`nested deeper than ${mostDepth}`);
    const named = (each: StructureField): [string, PlainValue] => [each.name, field(reader, each, depth)];
    if (type.kind === 'union') {
      const chosen = reader.uint32();
      const only = type.fields[chosen - 1];
      if (chosen === 0) return null;
      if (only === undefined) throw new UnreadableBytes(`choice ${chosen} of ${type.fields.length}`);
      return Object.fromEntries([named(only)]);
    }
    const mask = type.kind === 'optional-fields' ? reader.uint32() : 0;
    let bit = 0;
    const entries: [string, PlainValue][] = [];
    for (const each of type.fields) {
      let isThere = true;
      if (type.kind === 'optional-fields' && each.isOptional) {
        isThere = ((mask >>> bit) & 1) === 1;
        bit += 1;
      }
      if (isThere) entries.push(named(each));
    }
    // Not an assignment: a field may be called __proto__.
    return Object.fromEntries(entries);
  };
  return headed;
}

/** A structure as an object, whatever bytes a server sends. Never throws. */
export function decodeStructure(encoded: EncodedStructure, lookup: TypeLookup, form: EnumForm): DecodedStructure {
  try {
    return { ok: true, value: createDecoder(lookup, form)(encoded.encodingId, encoded.bytes, 0) };
  } catch (problem) {
    if (problem instanceof UnknownType) return { ok: false, code: 'unknown-type', typeId: problem.typeId };
    if (problem instanceof UnreadableBytes) return { ok: false, code: 'garbled' };
    throw problem;
  }
}
