import fc from 'fast-check';
import { type BuiltInType, builtInTypes } from '../../../nodes/opcua/src/protocol/built-in-type.ts';
import type { StructureField, StructureType, TypeLookup } from '../../../nodes/opcua/src/protocol/structure-type.ts';

export const builtIn = (name: string, type: BuiltInType, more: Partial<StructureField> = {}): StructureField => ({
  name,
  type: { kind: 'built-in', type },
  dimensions: 0,
  isOptional: false,
  ...more,
});

const structure = (
  number: number,
  fields: readonly StructureField[],
  kind: StructureType['kind'] = 'plain',
): StructureType => ({
  name: `T${number}`,
  dataTypeId: `ns=1;i=${number}`,
  encodingId: `ns=1;i=${number + 1000}`,
  kind,
  fields,
});

export const state: StructureField = {
  name: 'State',
  type: { kind: 'enum', type: { name: 'State', names: new Map([[2, 'Running']]) } },
  dimensions: 0,
  isOptional: false,
};

export const point = structure(1, [builtIn('X', 'Double'), builtIn('Y', 'Int64')]);
export const machine = structure(2, [
  builtIn('Name', 'String'),
  state,
  { name: 'At', type: { kind: 'structure', dataTypeId: point.dataTypeId }, dimensions: 0, isOptional: false },
  builtIn('Counts', 'UInt16', { dimensions: 1 }),
  builtIn('Grid', 'Float', { dimensions: 2 }),
  { name: 'Path', type: { kind: 'structure', dataTypeId: point.dataTypeId }, dimensions: 1, isOptional: false },
]);
export const order = structure(
  3,
  [
    builtIn('Id', 'Guid'),
    builtIn('Due', 'DateTime', { isOptional: true }),
    builtIn('Note', 'String', { isOptional: true }),
  ],
  'optional-fields',
);
export const choice = structure(4, [builtIn('Number', 'Int32'), builtIn('Text', 'String')], 'union');
/** One field of every built-in type, once alone and once in an array. */
export const everything = structure(
  5,
  builtInTypes.flatMap((type) => [builtIn(type, type), builtIn(`${type}s`, type, { dimensions: 1 })]),
);
/** Holds others of its kind. */
export const tree: StructureType = structure(6, [
  builtIn('Leaf', 'Byte'),
  { name: 'Branches', type: { kind: 'structure', dataTypeId: 'ns=1;i=6' }, dimensions: 1, isOptional: false },
]);
export const empty = structure(7, []);
export const manyEmpty = structure(8, [
  { name: 'All', type: { kind: 'structure', dataTypeId: 'ns=1;i=9' }, dimensions: 1, isOptional: false },
]);
export const emptyLists = structure(9, [
  { name: 'Empty', type: { kind: 'structure', dataTypeId: 'ns=1;i=7' }, dimensions: 1, isOptional: false },
]);
/** Nothing in it but itself: no field ends the descent. */
export const nest = structure(10, [
  { name: 'Nests', type: { kind: 'structure', dataTypeId: 'ns=1;i=10' }, dimensions: 1, isOptional: false },
]);

export const allTypes = [point, machine, order, choice, everything, tree, empty, manyEmpty, emptyLists, nest];

export const knownTypes: TypeLookup = {
  byEncoding: (id) => allTypes.find(({ encodingId }) => encodingId === id),
  byDataType: (id) => allTypes.find(({ dataTypeId }) => dataTypeId === id),
};

/** Small numbers are lengths, masks and choices; other bytes seldom lead anywhere. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 6, 0x16, 0x81, 0xff), { maxLength: 200 })
    .map((all) => Uint8Array.from(all)),
);

/** A structure of some known type, and in most cases none. */
export const anyStructure = fc.record({
  encodingId: fc.constantFrom(...allTypes.map(({ encodingId }) => encodingId), 'ns=1;i=77'),
  bytes,
});
