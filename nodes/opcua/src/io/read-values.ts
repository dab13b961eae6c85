import {
  AttributeIds,
  type DataValue,
  type NodeId,
  ReadRequest,
  ReadResponse,
  type ReadValueIdOptions,
  StatusCodes,
  TimestampsToReturn,
} from 'node-opcua-client';
import { NumericRange } from 'node-opcua-numeric-range';
import type { ItemRequest } from '../opcua-connection/link.ts';
import type { ItemValue } from '../opcua-read/poller.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import { inChunks } from './in-chunks.ts';
import type { LiveSession } from './live-session.ts';
import { readNames } from './node-facts.ts';
import { rawValueOf } from './raw-value-of.ts';
import { transact } from './transact.ts';
import { learnTypes } from './type-gate.ts';

export interface NodePart {
  nodeId: NodeId;
  indexRange?: string;
}

/** Attributes of nodes as they came. */
export async function readAttributes(
  { session, limits }: Pick<LiveSession, 'session' | 'limits'>,
  asked: readonly ReadValueIdOptions[],
  onRetry?: () => void,
): Promise<DataValue[]> {
  const ask = async (nodesToRead: ReadValueIdOptions[]): Promise<readonly DataValue[]> => {
    const request = new ReadRequest({ nodesToRead, timestampsToReturn: TimestampsToReturn.Both, maxAge: 0 });
    return (await transact(session, request, ReadResponse)).results ?? [];
  };
  return await inChunks(asked, limits.read, ask, onRetry);
}

/** Current values of nodes, with the types of structures found out. */
export async function readNodes(
  live: LiveSession,
  nodes: readonly NodePart[],
  onRetry?: () => void,
): Promise<RawValue[]> {
  const asked = nodes.map(({ nodeId, indexRange }) => ({
    nodeId,
    attributeId: AttributeIds.Value,
    ...(indexRange === undefined ? {} : { indexRange: new NumericRange(indexRange) }),
  }));
  const values = (await readAttributes(live, asked, onRetry)).map((value) => rawValueOf(value, live.types));
  await learnTypes(values, live.types);
  return values;
}

const absent: ReadonlySet<number> = new Set([StatusCodes.BadNodeIdUnknown.value, StatusCodes.BadNodeIdInvalid.value]);

/** Reads items as a tag table names them. */
export async function readItems(
  live: LiveSession,
  items: readonly ItemRequest[],
  onRetry: () => void,
): Promise<ItemValue[]> {
  const resolved = await live.resolve(items.map(({ nodeId }) => nodeId));
  const nodes: NodePart[] = [];
  const named: NodeId[] = [];
  for (const [index, { indexRange, wantsNames }] of items.entries()) {
    const node = resolved[index];
    if (node?.ok !== true) continue;
    nodes.push({ nodeId: node.nodeId, ...(indexRange === undefined ? {} : { indexRange }) });
    if (wantsNames === true) named.push(node.nodeId);
  }
  const names = (await readNames(live, named)).values();
  const values = (await readNodes(live, nodes, onRetry)).values();
  return items.map(({ wantsNames }, index): ItemValue => {
    const node = resolved[index];
    if (node?.ok !== true) return { ok: false, code: node?.code ?? StatusCodes.BadNodeIdUnknown.value };
    const own = wantsNames === true ? names.next().value : undefined;
    const { value } = values.next();
    if (value === undefined || absent.has(value.code))
      return { ok: false, code: value?.code ?? StatusCodes.BadNodeIdUnknown.value };
    return { ok: true, value, ...(own === undefined ? {} : { names: own }) };
  });
}
