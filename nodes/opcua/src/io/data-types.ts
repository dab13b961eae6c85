import { coerceNodeId, type NodeId } from 'node-opcua-client';
import {
  EnumDefinition,
  StructureDefinition,
  type StructureField as ServerField,
  StructureType as Kind,
} from 'node-opcua-types';
import { type BuiltInType, builtInTypeOf } from '../protocol/built-in-type.ts';
import type { EnumType, FieldType, StructureField, StructureType, TypeLookup } from '../protocol/structure-type.ts';
import { nodeIdText } from './node-id-text.ts';
import type { OperationLimits } from './operation-limits.ts';
import {
  dataTypeOfEncoding,
  readDefinitions,
  readEnumProperties,
  superTypeOf,
  type TypeDefinition,
  type TypeSession,
} from './type-definitions.ts';

/** The data types of one session's server, found out when they are first met. */
export interface DataTypes extends TypeLookup {
  /** Finds out about structures by their encodings; what the server does not tell is not asked for again. */
  learnEncodings(encodingIds: readonly string[]): Promise<void>;
  /** What values of a data type look like; nothing when the server does not tell. */
  describe(dataType: NodeId): Promise<FieldType | undefined>;
  /** True when nothing more can be found out. */
  isSettled(encodingId: string): boolean;
}

/** A plant has a few dozen; a server that invents them without end is not followed. */
const mostTypes = 2_000;
const deepest = 20;
const ENUMERATION = 29;

function nameOf(names: ReadonlyMap<number, string>, dataTypeId: string): EnumType {
  return { name: dataTypeId, names };
}

function enumNames({ fields }: EnumDefinition): Map<number, string> {
  const names = new Map<number, string>();
  // Values are 64 bits wide in the definition and 32 on the wire.
  for (const { name, value } of fields ?? []) names.set((value[1] ?? 0) | 0, name ?? '');
  return names;
}

export function createDataTypes(session: TypeSession, limits: OperationLimits): DataTypes {
  const definitions = new Map<string, Promise<TypeDefinition>>();
  const kinds = new Map<string, Promise<FieldType | undefined>>();
  const structures = new Map<string, StructureType>();
  const byEncoding = new Map<string, string | undefined>();
  const unfinished = new Set<string>();

  const definitionOf = (dataType: NodeId): Promise<TypeDefinition> => {
    const id = nodeIdText(dataType);
    const known = definitions.get(id);
    if (known !== undefined) return known;
    const asked = readDefinitions(session, limits, [dataType]).then(([definition]) => definition);
    if (definitions.size < mostTypes) definitions.set(id, asked);
    // A lost connection is no answer.
    asked.catch(() => definitions.delete(id));
    return asked;
  };

  const builtIn = (type: BuiltInType | undefined): FieldType | undefined =>
    type === undefined ? undefined : { kind: 'built-in', type };

  const findKind = async (dataType: NodeId, depth: number): Promise<FieldType | undefined> => {
    const id = nodeIdText(dataType);
    const isStandard = dataType.namespace === 0 && typeof dataType.value === 'number';
    const simple = isStandard ? builtInTypeOf(Number(dataType.value)) : undefined;
    if (simple !== undefined) return builtIn(simple);
    const definition = await definitionOf(dataType);
    if (definition instanceof EnumDefinition) return { kind: 'enum', type: nameOf(enumNames(definition), id) };
    if (definition instanceof StructureDefinition) {
      if (!structures.has(id)) unfinished.add(id);
      return { kind: 'structure', dataTypeId: id };
    }
    const parent = depth < deepest ? await superTypeOf(session, dataType) : undefined;
    if (parent === undefined) return undefined;
    if (parent.namespace === 0 && parent.value === ENUMERATION) {
      const names = await readEnumProperties(session, dataType);
      return names.size === 0 ? builtIn('Int32') : { kind: 'enum', type: nameOf(names, id) };
    }
    return kindOf(parent, depth + 1);
  };
  const kindOf = (dataType: NodeId, depth = 0): Promise<FieldType | undefined> => {
    const id = nodeIdText(dataType);
    const known = kinds.get(id);
    if (known !== undefined) return known;
    const asked = findKind(dataType, depth);
    if (kinds.size < mostTypes) kinds.set(id, asked);
    asked.catch(() => kinds.delete(id));
    return asked;
  };

  const fieldOf = async (field: ServerField, kind: Kind): Promise<StructureField | undefined> => {
    let type = await kindOf(field.dataType);
    if (type === undefined) return undefined;
    const hasSubtypes = kind === Kind.StructureWithSubtypedValues || kind === Kind.UnionWithSubtypedValues;
    if (hasSubtypes && field.isOptional) {
      type = { kind: 'built-in', type: type.kind === 'structure' ? 'ExtensionObject' : 'Variant' };
    }
    return { name: field.name ?? '', type, dimensions: Math.max(0, field.valueRank), isOptional: field.isOptional };
  };

  const finish = async (id: string): Promise<void> => {
    const definition = await definitionOf(coerceNodeId(id));
    if (!(definition instanceof StructureDefinition)) return;
    const { structureType } = definition;
    const fields: StructureField[] = [];
    for (const field of definition.fields ?? []) {
      const read = await fieldOf(field, structureType);
      // A field that cannot be read makes all behind it unreadable.
      if (read === undefined) return;
      fields.push(read);
    }
    const isUnion = structureType === Kind.Union || structureType === Kind.UnionWithSubtypedValues;
    const isOptional = structureType === Kind.StructureWithOptionalFields;
    const encodingId = nodeIdText(definition.defaultEncodingId);
    structures.set(id, {
      name: id,
      dataTypeId: id,
      encodingId,
      kind: isUnion ? 'union' : isOptional ? 'optional-fields' : 'plain',
      fields,
    });
    if (!byEncoding.has(encodingId)) byEncoding.set(encodingId, id);
  };

  const finishAll = async (): Promise<void> => {
    for (const id of unfinished) {
      unfinished.delete(id);
      if (structures.size >= mostTypes) return;
      await finish(id);
    }
  };

  return {
    byEncoding(encodingId) {
      const id = byEncoding.get(encodingId);
      return id === undefined ? undefined : structures.get(id);
    },
    byDataType: (id) => structures.get(id),
    isSettled: (encodingId) => byEncoding.has(encodingId) || byEncoding.size >= mostTypes,
    async describe(dataType) {
      const kind = await kindOf(dataType);
      await finishAll();
      return kind;
    },
    async learnEncodings(encodingIds) {
      for (const encodingId of encodingIds) {
        if (byEncoding.has(encodingId)) continue;
        // Only the nodes of a malicious server run out.
        if (byEncoding.size >= mostTypes) return;
        const dataType = await dataTypeOfEncoding(session, coerceNodeId(encodingId));
        if (dataType !== undefined) await kindOf(dataType);
        await finishAll();
        const id = dataType === undefined ? undefined : nodeIdText(dataType);
        byEncoding.set(encodingId, id !== undefined && structures.has(id) ? id : undefined);
      }
    },
  };
}
