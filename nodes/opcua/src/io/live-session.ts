import { AttributeIds, coerceNodeId, type NodeId } from 'node-opcua-client';
import { type Aliases, createAddressBook, type IndexOf, namespaceFinder } from './addresses.ts';
import { createDataTypes, type DataTypes } from './data-types.ts';
import { type OperationLimits, readOperationLimits } from './operation-limits.ts';
import type { RawSession } from './raw-session.ts';

/** A node of the server, or why the address names none. */
export type Resolution = { ok: true; nodeId: NodeId } | { ok: false; code: number; reason: string };

/** What a request works on: the session, for as long as it lasts. */
export interface LiveSession {
  readonly session: RawSession;
  readonly limits: OperationLimits;
  /** Of the server, as far as they have been met. */
  readonly types: DataTypes;
  /** URIs in the order of their indices, as this session has them. */
  readonly namespaces: readonly string[];
  readonly indexOf: IndexOf;
  /** The nodes of addresses (`protocol/address.ts`) in this session, in their order. */
  resolve(addresses: readonly string[]): Promise<Resolution[]>;
}

const NAMESPACE_ARRAY = 'i=2255';

async function readNamespaces(session: Pick<RawSession, 'read'>): Promise<string[]> {
  const answer = await session.read({ nodeId: coerceNodeId(NAMESPACE_ARRAY), attributeId: AttributeIds.Value }, 0);
  const value: unknown = answer.value?.value;
  return Array.isArray(value) ? value.map(String) : [];
}

/** Finds out what is the same for the whole session: two requests. */
export async function openLiveSession(session: RawSession, aliases: Aliases): Promise<LiveSession> {
  const limits = await readOperationLimits(session);
  const namespaces = await readNamespaces(session);
  const indexOf = namespaceFinder(namespaces, aliases);
  const resolve = createAddressBook({ session, limits, indexOf, aliases });
  return { session, limits, namespaces, indexOf, types: createDataTypes(session, limits), resolve };
}
