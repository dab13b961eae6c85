import { BulkheadError } from '@bulkhead/core';
import {
  CallRequest,
  CallResponse,
  coerceNodeId,
  DataType,
  LocalizedText,
  type NodeId,
  resolveNodeId,
  Variant,
} from 'node-opcua-client';
import type { AlarmAnswer } from '../opcua-events/alarm.ts';
import { bytesOfBase64 } from '../protocol/base64.ts';
import type { LiveSession } from './live-session.ts';
import type { ClientSessionTransactions } from './raw-session.ts';
import { transact } from './transact.ts';

const CONDITION_TYPE = resolveNodeId('i=2782');
const CONDITION_REFRESH = resolveNodeId('i=3875');
const METHODS = { acknowledge: resolveNodeId('i=9111'), confirm: resolveNodeId('i=9113') } as const;

async function call(
  session: ClientSessionTransactions,
  objectId: NodeId,
  methodId: NodeId,
  inputArguments: Variant[],
): Promise<void> {
  const request = new CallRequest({ methodsToCall: [{ objectId, methodId, inputArguments }] });
  const response = await transact(session, request, CallResponse);
  const status = response.results?.[0]?.statusCode;
  if (status === undefined || status.isBad()) {
    throw new BulkheadError('refused', `the server refuses it: ${status?.name ?? 'no result'}`);
  }
}

/** All conditions that are of interest come once more, as events of this subscription (OPC 10000-9, clause 5.5.7). */
export function refreshConditions(session: ClientSessionTransactions, subscriptionId: number): Promise<void> {
  const id = new Variant({ dataType: DataType.UInt32, value: subscriptionId });
  return call(session, CONDITION_TYPE, CONDITION_REFRESH, [id]);
}

/** Acknowledges or confirms one state of an alarm. */
export function answerAlarm(live: LiveSession, { kind, conditionId, eventId, comment }: AlarmAnswer): Promise<void> {
  const bytes = bytesOfBase64(eventId) ?? new Uint8Array();
  return call(live.session, coerceNodeId(conditionId), METHODS[kind], [
    new Variant({ dataType: DataType.ByteString, value: Buffer.from(bytes) }),
    new Variant({ dataType: DataType.LocalizedText, value: new LocalizedText({ text: comment }) }),
  ]);
}
