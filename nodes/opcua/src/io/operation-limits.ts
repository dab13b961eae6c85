import { AttributeIds, coerceNodeId, DataType } from 'node-opcua-client';
import { inChunks } from './in-chunks.ts';
import type { RawSession } from './raw-session.ts';

/**
 * How many operations a server takes in one request (OPC 10000-5, clause 6.3.11), and how many continuation points it
 * keeps. Never 0: a server that sets no limit, or says none, is asked for `defaultMost` at a time.
 */
export interface OperationLimits {
  read: number;
  write: number;
  call: number;
  browse: number;
  translate: number;
  monitor: number;
  historyRead: number;
  historyReadEvents: number;
  browseContinuationPoints: number;
}

/** Below the message size that servers accept by default, also for nodes with long names. */
const defaultMost = 1_000;

const nodes: ReadonlyArray<readonly [keyof OperationLimits, string]> = [
  ['read', 'i=11705'],
  ['write', 'i=11707'],
  ['call', 'i=11709'],
  ['browse', 'i=11710'],
  ['translate', 'i=11712'],
  ['monitor', 'i=11714'],
  ['historyRead', 'i=12165'],
  ['historyReadEvents', 'i=12166'],
  ['browseContinuationPoints', 'i=2735'],
];

export const unlimited: OperationLimits = {
  read: defaultMost,
  write: defaultMost,
  call: defaultMost,
  browse: defaultMost,
  translate: defaultMost,
  monitor: defaultMost,
  historyRead: defaultMost,
  historyReadEvents: defaultMost,
  browseContinuationPoints: defaultMost,
};

/** What the server says of itself; a server that says nothing, or something odd, sets no limit. */
export async function readOperationLimits(session: Pick<RawSession, 'read'>): Promise<OperationLimits> {
  const asked = nodes.map(([, nodeId]) => ({ nodeId: coerceNodeId(nodeId), attributeId: AttributeIds.Value }));
  const answers = await inChunks(asked, asked.length, (chunk) => session.read(chunk, 0));
  const limits = { ...unlimited };
  for (const [index, [name]] of nodes.entries()) {
    const variant = answers[index]?.value;
    const value: unknown =
      variant?.dataType === DataType.UInt32 || variant?.dataType === DataType.UInt16 ? variant.value : 0;
    if (typeof value === 'number' && value > 0) limits[name] = Math.min(value, defaultMost);
  }
  return limits;
}
