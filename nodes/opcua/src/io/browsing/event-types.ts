import { BulkheadError } from '@bulkhead/core';
import { AttributeIds, NodeClassMask, NodeId, type QualifiedName, resolveNodeId } from 'node-opcua-client';
import { escapeStep } from '../../opcua-events/field-names.ts';
import { portableAddress } from '../../protocol/portable-address.ts';
import type { EventFieldOffer, EventTypeOffer } from '../../probing/result.ts';
import type { Aliases } from '../addresses.ts';
import type { LiveSession } from '../live-session.ts';
import { referencesOf } from './references.ts';
import { readAll, typeNames } from './type-names.ts';

const BASE_EVENT_TYPE = resolveNodeId('i=2041');
const hasSubtype = resolveNodeId('i=45');
/** HasComponent and HasProperty. */
const aggregates = resolveNodeId('i=44');
const subtypes = { referenceTypeId: hasSubtype, classes: NodeClassMask.ObjectType };
const supertypes = { ...subtypes, isInverse: true };
const parts = { referenceTypeId: aggregates, classes: NodeClassMask.Variable | NodeClassMask.Object };
/** NodeClass of OPC 10000-3, clause 8.29. */
const VARIABLE = 2;
/** Beyond these nobody looks for a type in a list. */
const mostTypes = 5_000;
/** `ActiveState/Id`; what lies deeper is no state of an event. */
const deepestField = 2;
const noNames: readonly string[] = [];

/** BaseEventType and all that are derived from it, each after the one that it is derived from. */
export async function readEventTypes(live: LiveSession, aliases: Aliases): Promise<EventTypeOffer[]> {
  const addressOf = (nodeId: NodeId): string => portableAddress(nodeId.toString(), live.namespaces, aliases);
  const root = addressOf(BASE_EVENT_TYPE).replace(/^ns=0;/, '');
  const types = new Map<string, EventTypeOffer>([[root, { address: root, name: 'BaseEventType', parent: '' }]]);
  let level: NodeId[] = [BASE_EVENT_TYPE];
  while (level.length > 0 && types.size < mostTypes) {
    const lists = await referencesOf(live, level, subtypes);
    const next: NodeId[] = [];
    for (const [index, parent] of level.entries()) {
      for (const { nodeId, displayName, browseName } of lists[index] ?? []) {
        const address = addressOf(nodeId);
        if (types.has(address)) continue;
        const name = displayName.text ?? browseName.name ?? address;
        types.set(address, { address, name, parent: addressOf(parent) });
        next.push(nodeId);
      }
    }
    level = next;
  }
  return [...types.values()];
}

/** The type itself and those that it is derived from, up to BaseEventType. */
async function lineage(live: LiveSession, type: NodeId): Promise<NodeId[]> {
  const line = [type];
  for (let at = type; at.toString() !== BASE_EVENT_TYPE.toString(); ) {
    const [found] = await referencesOf(live, [at], supertypes);
    const parent = found?.[0]?.nodeId;
    if (parent === undefined || line.some((known) => known.toString() === parent.toString())) break;
    line.push(parent);
    at = parent;
  }
  return line;
}

/** As it is written in the dialog: what separates there has `&` before it. */
function stepText({ namespaceIndex, name }: QualifiedName, live: LiveSession, aliases: Aliases): string {
  const written = escapeStep(name ?? '');
  if (namespaceIndex === 0) return written;
  const uri = live.namespaces[namespaceIndex];
  const alias = [...aliases].find(([, known]) => known === uri)?.[0];
  return `${alias ?? namespaceIndex}:${written}`;
}

interface Place {
  nodeId: NodeId;
  path: readonly string[];
  /** Name of the type. */
  from: string;
}

/** What an event of this type brings, its own first, then what it inherits. */
export async function readEventFields(
  live: LiveSession,
  aliases: Aliases,
  address: string,
): Promise<EventFieldOffer[]> {
  const [type] = await live.resolve([address]);
  if (type?.ok !== true) throw new BulkheadError('unknown-node', type?.reason ?? 'the type is not known');
  const line = await lineage(live, type.nodeId);
  const names = await typeNames(live, line);
  const fields = new Map<string, { nodeId: NodeId; from: string }>();
  let level: Place[] = line.map((nodeId) => ({ nodeId, path: noNames, from: names.get(nodeId.toString()) ?? '' }));
  for (let depth = 1; depth <= deepestField; depth += 1) {
    const lists = await referencesOf(
      live,
      level.map(({ nodeId }) => nodeId),
      parts,
    );
    level = level.flatMap(({ path, from }, index) =>
      (lists[index] ?? []).map(({ nodeId, browseName, nodeClass }) => {
        const own = [...path, stepText(browseName, live, aliases)];
        const kind: number = nodeClass;
        if (kind === VARIABLE && !fields.has(own.join('/'))) fields.set(own.join('/'), { nodeId, from });
        return { nodeId, path: own, from };
      }),
    );
  }
  const variables = [...fields.values()];
  const types = await readAll(
    live,
    variables.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.DataType })),
  );
  const dataTypes = types.map(({ value }) => (value?.value instanceof NodeId ? value.value : NodeId.nullNodeId));
  const typeTexts = await typeNames(live, dataTypes);
  return [...fields].map(([name, { from }], at) => ({
    name,
    from,
    dataType: typeTexts.get(dataTypes[at]?.toString() ?? '') ?? '',
  }));
}
