import { systemClock } from '@bulkhead/core';
import { createOpcuaLink, type OpcuaLink } from '../../nodes/opcua/src/io/opcua-link.ts';
import { readOpcuaConnection } from '../../nodes/opcua/src/opcua-connection/config.ts';
import type { LinkState } from '../../nodes/opcua/src/opcua-connection/link.ts';
import type { Pki } from '../../nodes/opcua/src/pki/pki.ts';
import { until } from './until.ts';

/** A link as the connection node makes it, not started yet. */
export function opcuaLink(pki: Pki, connection: object, credentials: object = {}): OpcuaLink {
  const read = readOpcuaConnection({ timeoutMs: 3_000, reconnectFirstMs: 50, ...connection }, credentials);
  if (!read.ok) throw new Error(read.problem);
  return createOpcuaLink({ config: read.config, pki, clock: systemClock, random: Math.random });
}

/** How the first attempt of a link ends; it is stopped then. */
export async function firstAttempt(pki: Pki, connection: object, credentials: object = {}): Promise<LinkState> {
  const link = opcuaLink(pki, { reconnectFirstMs: 60_000, reconnectMaxMs: 60_000, ...connection }, credentials);
  const hasEnded = (): LinkState | undefined =>
    link.state.kind === 'connected' || link.state.kind === 'waiting' ? link.state : undefined;
  link.start();
  try {
    return await until(hasEnded, { deadlineMs: 20_000, what: 'a connection or a refusal' });
  } finally {
    await link.stop();
  }
}
