import {
  AggregateFunction,
  HistoryData,
  HistoryReadRequest,
  HistoryReadResponse,
  type HistoryReadResult,
  ReadProcessedDetails,
  ReadRawModifiedDetails,
  resolveNodeId,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { HistoryDetails, HistoryNode, HistoryPage } from '../opcua-history/history.ts';
import type { AggregateName } from '../opcua-history/defaults.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import { inChunks } from './in-chunks.ts';
import type { LiveSession, Resolution } from './live-session.ts';
import { rawValueOf } from './raw-value-of.ts';
import { transact } from './transact.ts';
import { learnTypes } from './type-gate.ts';

const AGGREGATES: Record<AggregateName, AggregateFunction> = {
  average: AggregateFunction.Average,
  timeAverage: AggregateFunction.TimeAverage,
  interpolative: AggregateFunction.Interpolative,
  minimum: AggregateFunction.Minimum,
  maximum: AggregateFunction.Maximum,
  range: AggregateFunction.Range,
  count: AggregateFunction.Count,
  total: AggregateFunction.Total,
  start: AggregateFunction.Start,
  end: AggregateFunction.End,
  delta: AggregateFunction.Delta,
};

function detailsOf(details: HistoryDetails, nodes: number): ReadRawModifiedDetails | ReadProcessedDetails {
  const [startTime, endTime] = [new Date(details.from), new Date(details.to)];
  if (details.kind === 'raw') {
    const numValuesPerNode = details.perRequest;
    return new ReadRawModifiedDetails({
      isReadModified: false,
      startTime,
      endTime,
      numValuesPerNode,
      returnBounds: false,
    });
  }
  const aggregate = resolveNodeId(`i=${AGGREGATES[details.aggregate]}`);
  return new ReadProcessedDetails({
    startTime,
    endTime,
    processingInterval: details.intervalMs,
    aggregateType: Array.from({ length: nodes }, () => aggregate),
    // The server's own, and for those that look at the numbers all the same what OPC 10000-13 recommends.
    aggregateConfiguration: {
      useServerCapabilitiesDefaults: true,
      treatUncertainAsBad: true,
      percentDataBad: 100,
      percentDataGood: 100,
      useSlopedExtrapolation: false,
    },
  });
}

function pageOf(live: LiveSession, { statusCode, historyData, continuationPoint }: HistoryReadResult): HistoryPage {
  if (statusCode.isBad()) return { ok: false, code: statusCode.value, name: statusCode.name };
  const found = historyData instanceof HistoryData ? (historyData.dataValues ?? []) : [];
  const values: RawValue[] = found.map((value) => rawValueOf(value, live.types));
  const continuation = continuationPoint?.length > 0 ? { continuation: new Uint8Array(continuationPoint) } : {};
  return { ok: true, values, ...continuation };
}

const refused = ({ code, reason }: Extract<Resolution, { ok: false }>): HistoryPage => ({
  ok: false,
  code,
  name: reason,
});

/** The next page of each node. */
export async function readHistory(
  live: LiveSession,
  nodes: readonly HistoryNode[],
  details: HistoryDetails,
): Promise<HistoryPage[]> {
  const resolved = await live.resolve(nodes.map(({ nodeId }) => nodeId));
  const wanted = nodes.flatMap((node, index) => {
    const found = resolved[index];
    return found?.ok === true ? [{ nodeId: found.nodeId, continuation: node.continuation }] : [];
  });
  const pages = await inChunks(wanted, live.limits.historyRead, async (chunk) => {
    const request = new HistoryReadRequest({
      historyReadDetails: detailsOf(details, chunk.length),
      timestampsToReturn: TimestampsToReturn.Both,
      releaseContinuationPoints: false,
      nodesToRead: chunk.map(({ nodeId, continuation }) => ({
        nodeId,
        ...(continuation === undefined ? {} : { continuationPoint: Buffer.from(continuation) }),
      })),
    });
    const response = await transact(live.session, request, HistoryReadResponse);
    return (response.results ?? []).map((result) => pageOf(live, result));
  });
  await learnTypes(
    pages.flatMap((page) => (page.ok ? page.values : [])),
    live.types,
  );
  const rest = pages.values();
  return resolved.map((found): HistoryPage => {
    if (!found.ok) return refused(found);
    return rest.next().value ?? { ok: false, code: 0x8000_0000, name: 'no answer' };
  });
}

export async function releaseHistory(live: LiveSession, nodes: readonly HistoryNode[]): Promise<void> {
  const resolved = await live.resolve(nodes.map(({ nodeId }) => nodeId));
  const nodesToRead = nodes.flatMap(({ continuation }, index) => {
    const found = resolved[index];
    if (found?.ok !== true || continuation === undefined) return [];
    return [{ nodeId: found.nodeId, continuationPoint: Buffer.from(continuation) }];
  });
  if (nodesToRead.length === 0) return;
  const historyReadDetails = new ReadRawModifiedDetails({ isReadModified: false });
  const request = new HistoryReadRequest({ historyReadDetails, releaseContinuationPoints: true, nodesToRead });
  await transact(live.session, request, HistoryReadResponse);
}
