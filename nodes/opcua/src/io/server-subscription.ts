import {
  AttributeIds,
  DataChangeFilter,
  DataChangeNotification,
  DataChangeTrigger,
  DeadbandType,
  MonitoringMode,
  NodeId,
  type NotificationMessage,
  StatusChangeNotification,
  StatusCodes,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { DataChange, SubscriptionListener, SubscriptionRequest, Trigger } from '../opcua-connection/link.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import { inChunks } from './in-chunks.ts';
import type { LiveSession } from './live-session.ts';
import type { Publishing } from './publishing.ts';
import { rawValueOf } from './raw-value-of.ts';

/** One subscription at the server, for as long as the server keeps it. */
export interface ServerSubscription {
  drain(): Promise<void>;
  read(indices: readonly number[]): Promise<RawValue[]>;
  /** Ends it at the server; resolves when that is done or could not be done. */
  end(): Promise<void>;
}

/** The shortest interval a server is asked for while it is drained; it may revise it. */
const drainPublishingMs = 20;
/** Items sampled less often than this are drained of what was sampled, not waited for. */
const drainSamplingMs = 500;
const endMs = 2_000;

export interface ServerSubscriptionOptions {
  live: LiveSession;
  publishing: Publishing;
  request: SubscriptionRequest;
  listener: SubscriptionListener;
  keepAliveMs: number;
  /** The server keeps the subscription without a sign of life of ours for this long. */
  lifetimeMs: number;
  onGone(): void;
}

function epochMs(time: Date | null | undefined): number | undefined {
  const ms = time?.getTime();
  // The library gives the smallest OPC UA date for none.
  return ms !== undefined && ms > 0 ? ms : undefined;
}

function changesIn(message: NotificationMessage): DataChange[] {
  const changes: DataChange[] = [];
  for (const notification of message.notificationData ?? []) {
    if (!(notification instanceof DataChangeNotification)) continue;
    for (const item of notification.monitoredItems ?? []) {
      changes.push({ index: item.clientHandle, value: rawValueOf(item.value) });
    }
  }
  return changes;
}

/** Without a filter a server reports changes of status and value; some servers support no filter at all. */
function filterOf(trigger: Trigger): DataChangeFilter | null {
  if (trigger === 'value') return null;
  return new DataChangeFilter({
    trigger: trigger === 'status' ? DataChangeTrigger.Status : DataChangeTrigger.StatusValueTimestamp,
    deadbandType: DeadbandType.None,
    deadbandValue: 0,
  });
}

/** Makes the subscription with all its items. An item that the server refuses costs only itself. */
export async function openServerSubscription(options: ServerSubscriptionOptions): Promise<ServerSubscription> {
  const { publishing, request, listener } = options;
  const { session, limits } = options.live;
  const resolved = await options.live.resolve(request.items.map((item) => item.nodeId));
  const counts = {
    requestedMaxKeepAliveCount: Math.max(1, Math.ceil(options.keepAliveMs / request.publishingMs)),
    requestedLifetimeCount: Math.max(10, Math.ceil(options.lifetimeMs / request.publishingMs)),
    maxNotificationsPerPublish: 0,
    priority: 0,
  };
  const made = await session.createSubscription({
    ...counts,
    requestedPublishingInterval: request.publishingMs,
    publishingEnabled: true,
  });
  const { subscriptionId } = made;
  let longestSamplingMs = 0;
  let proof: { after: number; resolve: () => void } | undefined;
  let isEnded = false;

  publishing.add(subscriptionId, {
    take(message, hasMore) {
      const changes = changesIn(message);
      if (changes.length > 0) listener.notified(changes);
      const serverTime = epochMs(message.publishTime);
      listener.heard(serverTime, !hasMore);
      const isClosed = message.notificationData?.some(
        (notification) => notification instanceof StatusChangeNotification && notification.status.isBad(),
      );
      if (isClosed && !isEnded) {
        publishing.remove(subscriptionId);
        options.onGone();
      }
      if (proof !== undefined && !hasMore && (serverTime ?? Date.now()) >= proof.after) proof.resolve();
    },
    missed: (count) => listener.missed(count),
    gone() {
      if (!isEnded) options.onGone();
      proof?.resolve();
    },
  });

  const codes = resolved.map((node) => (node.ok ? StatusCodes.Good.value : node.code));
  const wanted = resolved.flatMap((node, index) => {
    const item = request.items[index];
    return node.ok && item !== undefined ? [{ index, item, nodeId: node.nodeId }] : [];
  });
  const results = await inChunks(wanted, limits.monitor, async (chunk) => {
    const response = await session.createMonitoredItems({
      subscriptionId,
      timestampsToReturn: TimestampsToReturn.Both,
      itemsToCreate: chunk.map(({ index, item, nodeId }) => ({
        itemToMonitor: { nodeId, attributeId: AttributeIds.Value },
        monitoringMode: MonitoringMode.Reporting,
        requestedParameters: {
          clientHandle: index,
          samplingInterval: item.samplingMs,
          queueSize: item.queueSize,
          discardOldest: true,
          filter: filterOf(item.trigger),
        },
      })),
    });
    return response.results ?? [];
  });
  for (const [position, { statusCode, revisedSamplingInterval }] of results.entries()) {
    codes[wanted[position]?.index ?? 0] = statusCode.value;
    longestSamplingMs = Math.max(longestSamplingMs, revisedSamplingInterval);
  }
  listener.created(codes);

  const end = async (): Promise<void> => {
    if (isEnded) return;
    isEnded = true;
    publishing.remove(subscriptionId);
    // A server that does not answer gives it up by itself at the end of its lifetime.
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, endMs);
      session.deleteSubscriptions({ subscriptionIds: [subscriptionId] }, () => {
        clearTimeout(deadline);
        resolve();
      });
    });
  };

  return {
    end,
    read(indices) {
      const nodes = indices.map((index) => resolved[index]);
      return inChunks(nodes, limits.read, async (chunk) => {
        // A tag whose node is not known has been given as bad, and is not stale.
        const asked = chunk.map((node) => ({
          nodeId: node?.ok === true ? node.nodeId : NodeId.nullNodeId,
          attributeId: AttributeIds.Value,
        }));
        return (await session.read(asked, 0)).map(rawValueOf);
      });
    },
    /**
     * With a keep-alive due after every interval the server sends something at once whether it holds values or not, in
     * its own time: whatever was sampled before the answer has been sent when a later message says that no more follow.
     */
    async drain() {
      const response = await session.modifySubscription({
        ...counts,
        requestedMaxKeepAliveCount: 1,
        requestedPublishingInterval: Math.min(drainPublishingMs, request.publishingMs),
        subscriptionId,
      });
      const asked = epochMs(response.responseHeader.timestamp) ?? Date.now();
      await new Promise<void>((resolve) => {
        proof = { after: asked + Math.min(longestSamplingMs, drainSamplingMs), resolve };
      });
      await end();
    },
  };
}
