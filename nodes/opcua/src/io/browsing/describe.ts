import { AttributeIds, type DataValue, NodeId, type ReferenceDescription, resolveNodeId } from 'node-opcua-client';
import type { BrowsedClass, BrowsedNode } from '../../probing/result.ts';
import { portableAddress } from '../../protocol/portable-address.ts';
import type { Aliases } from '../addresses.ts';
import { inChunks } from '../in-chunks.ts';
import type { LiveSession } from '../live-session.ts';
import { childrenOf } from './children.ts';
import { methodArguments } from './method-arguments.ts';
import type { Found } from './search.ts';
import { readAll, typeNames } from './type-names.ts';
import { valueText } from './value-text.ts';

const hasComponent = resolveNodeId('i=47');
const SUBSCRIBE_TO_EVENTS = 1;
const CURRENT_READ = 1;
const CURRENT_WRITE = 2;

/** NodeClass of OPC 10000-3, clause 8.29. */
const OBJECT = 1;
const VARIABLE = 2;
const METHOD = 4;
const classOf: ReadonlyMap<number, BrowsedClass> = new Map([
  [OBJECT, 'object'],
  [VARIABLE, 'variable'],
  [METHOD, 'method'],
  [128, 'view'],
]);

/** The library has two enumerations of it. */
const numberOf = ({ nodeClass }: ReferenceDescription): number => nodeClass;

const numberIn = (read: DataValue | undefined): number => {
  const value: unknown = read?.value?.value;
  return read?.statusCode.isGood() === true && typeof value === 'number' ? value : 0;
};

function accessOf(level: number): BrowsedNode['access'] {
  const canRead = (level & CURRENT_READ) !== 0;
  const canWrite = (level & CURRENT_WRITE) !== 0;
  if (canRead) return canWrite ? 'read-write' : 'read';
  return canWrite ? 'write' : '';
}

/** Which of these variables have parts of their own. */
async function withParts(live: LiveSession, variables: readonly ReferenceDescription[]): Promise<Set<string>> {
  live.session.requestedMaxReferencesPerNode = 0;
  const results = await inChunks(variables, live.limits.browse, (chunk) =>
    live.session.browse(chunk.map(({ nodeId }) => childrenOf(nodeId, hasComponent))),
  );
  const having = variables.filter((_, index) => (results[index]?.references ?? []).length > 0);
  return new Set(having.map(({ nodeId }) => nodeId.toString()));
}

/** What a person looks at to choose among nodes. */
export async function describeNodes(
  live: LiveSession,
  aliases: Aliases,
  found: readonly Found[],
): Promise<BrowsedNode[]> {
  const variables = found.map(({ reference }) => reference).filter((one) => numberOf(one) === VARIABLE);
  const objects = found.map(({ reference }) => reference).filter((one) => numberOf(one) === OBJECT);
  const read = (nodes: readonly ReferenceDescription[], attributeId: AttributeIds): Promise<DataValue[]> =>
    readAll(
      live,
      nodes.map(({ nodeId }) => ({ nodeId, attributeId })),
    );
  const types = (await read(variables, AttributeIds.DataType)).map(({ value }) =>
    value?.value instanceof NodeId ? value.value : NodeId.nullNodeId,
  );
  const ranks = await read(variables, AttributeIds.ValueRank);
  const levels = await read(variables, AttributeIds.UserAccessLevel);
  const values = await read(variables, AttributeIds.Value);
  const notifiers = await read(objects, AttributeIds.EventNotifier);
  const names = await typeNames(live, types);
  const methods = found.map(({ reference }) => reference).filter((one) => numberOf(one) === METHOD);
  const inputs = await methodArguments(
    live,
    methods.map(({ nodeId }) => nodeId),
  );
  const parts = await withParts(live, variables);

  return found.map(({ reference, path, parent }): BrowsedNode => {
    const key = reference.nodeId.toString();
    const nodeClass = classOf.get(numberOf(reference)) ?? 'object';
    const at = variables.indexOf(reference);
    const { text, isGood } = at === -1 ? { text: '', isGood: true } : valueText(values[at]);
    const rank = numberIn(ranks[at]);
    const type = names.get(types[at]?.toString() ?? '') ?? '';
    return {
      address: portableAddress(key, live.namespaces, aliases),
      parent: portableAddress(parent.toString(), live.namespaces, aliases),
      name: reference.displayName.text ?? reference.browseName.name ?? key,
      path,
      nodeClass,
      hasChildren: nodeClass === 'variable' ? parts.has(key) : nodeClass !== 'method',
      // Of a method its arguments: what it takes is what distinguishes it.
      dataType: inputs.get(key) ?? (rank > 0 ? `${type}${'[]'.repeat(rank)}` : type),
      value: text,
      isGood,
      access: at === -1 ? '' : accessOf(numberIn(levels[at])),
      hasEvents: (numberIn(notifiers[objects.indexOf(reference)]) & SUBSCRIBE_TO_EVENTS) !== 0,
    };
  });
}
