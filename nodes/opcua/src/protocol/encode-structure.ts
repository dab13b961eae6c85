import { type BinaryWriter, binaryWriter } from './binary-writer.ts';
import { coerce, type Coerced, type Refusal, shown } from './coerce.ts';
import { flattenMatrix } from './matrix.ts';
import type {
  EncodedStructure,
  EnumType,
  FieldType,
  StructureField,
  StructureType,
  TypeLookup,
} from './structure-type.ts';
import { writeBuiltIn } from './write-built-in.ts';

export type EncodedResult = { ok: true; value: EncodedStructure } | Refusal;

const mostDepth = 50;

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

function refuse(path: string, { code, reason }: Omit<Refusal, 'ok'>): never {
  throw new Refused({ ok: false, code, reason: path === '' ? reason : `${path}: ${reason}` });
}

function wrong(path: string, reason: string): never {
  return refuse(path, { code: 'wrong-type', reason });
}

/** The number of an enumeration, given as such or by its name. */
export function coerceEnum(value: unknown, { names }: EnumType): Coerced {
  if (typeof value === 'string') {
    for (const [number, name] of names) if (name === value) return { ok: true, value: number };
    return { ok: false, code: 'out-of-range', reason: `${shown(value)} is none of ${[...names.values()].join(', ')}` };
  }
  const number: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'value') : value;
  const coerced = coerce(number, 'Int32');
  if (!coerced.ok || names.size === 0 || names.has(Number(coerced.value))) return coerced;
  const known = [...names].map(([each, name]) => `${each} ${name}`).join(', ');
  return { ok: false, code: 'out-of-range', reason: `${shown(number)} is none of ${known}` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function createEncoder(lookup: TypeLookup, writer: BinaryWriter) {
  const scalar = (value: unknown, type: FieldType, path: string, depth: number): void => {
    if (type.kind === 'structure') {
      const known = lookup.byDataType(type.dataTypeId);
      if (known === undefined) return wrong(path, `the server does not tell what a ${type.dataTypeId} is`);
      return structure(value, known, path, depth + 1);
    }
    const coerced = type.kind === 'enum' ? coerceEnum(value, type.type) : coerce(value, type.type);
    if (!coerced.ok) return refuse(path, coerced);
    return writeBuiltIn(writer, type.kind === 'enum' ? 'Int32' : type.type, coerced.value);
  };

  const field = (value: unknown, { type, dimensions }: StructureField, path: string, depth: number): void => {
    if (dimensions === 0) return scalar(value, type, path, depth);
    const flat = flattenMatrix(value, dimensions);
    if (flat === undefined) return wrong(path, `${shown(value)} is no array of ${dimensions} dimensions`);
    if (dimensions > 1) {
      writer.int32(flat.dimensions.length);
      for (const size of flat.dimensions) writer.int32(size);
    } else writer.int32(flat.values.length);
    for (const [index, each] of flat.values.entries()) scalar(each, type, `${path}[${index}]`, depth);
    return undefined;
  };

  const structure = (value: unknown, type: StructureType, path: string, depth: number): void => {
    if (depth > mostDepth) return wrong(path, `nested deeper than ${mostDepth}`);
    if (!isObject(value)) return wrong(path, `${shown(value)} is no object`);
    const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const given = new Set(Object.keys(value).filter((name) => value[name] !== undefined));
    const stranger = [...given].find((name) => !type.fields.some((each) => each.name === name));
    if (stranger !== undefined) return wrong(below(stranger), 'there is no such field');
    if (type.kind === 'union') {
      const chosen = type.fields.findIndex(({ name }) => given.has(name));
      if (given.size !== 1) return wrong(path, 'a union has one field');
      writer.int32(chosen + 1);
      const only = type.fields[chosen];
      if (only !== undefined) field(value[only.name], only, below(only.name), depth);
      return undefined;
    }
    const optional = type.kind === 'optional-fields' ? type.fields.filter(({ isOptional }) => isOptional) : [];
    if (type.kind === 'optional-fields') {
      writer.int32(optional.reduce((mask, { name }, bit) => (given.has(name) ? mask | (1 << bit) : mask), 0));
    }
    for (const each of type.fields) {
      if (!given.has(each.name)) {
        if (optional.includes(each)) continue;
        return wrong(below(each.name), 'the field is missing');
      }
      field(value[each.name], each, below(each.name), depth);
    }
    return undefined;
  };
  return structure;
}

/** An object as the bytes of its type; every field must be there, and no other. Never throws. */
export function encodeStructure(value: unknown, type: StructureType, lookup: TypeLookup): EncodedResult {
  const writer = binaryWriter();
  try {
    createEncoder(lookup, writer)(value, type, '', 0);
    return { ok: true, value: { encodingId: type.encodingId, bytes: writer.finish() } };
  } catch (problem) {
    if (problem instanceof Refused) return problem.refusal;
    throw problem;
  }
}
