import { DataChangeNotification, NodeId, type NotificationMessage, StatusChangeNotification } from 'node-opcua-client';
import { EventNotificationList } from 'node-opcua-types';
import type { DataChange, ItemState, SubscriptionListener, SubscriptionRequest } from '../opcua-connection/link.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import type { LiveSession } from './live-session.ts';
import { createMonitoredItems } from './monitored-items.ts';
import type { Publishing } from './publishing.ts';
import { plainOfVariant, rawValueOf } from './raw-value-of.ts';
import { refreshConditions } from './conditions.ts';
import { readNodes } from './read-values.ts';
import { learnTypes } from './type-gate.ts';

/** One subscription at the server, for as long as the server keeps it. */
export interface ServerSubscription {
  /** Makes the items those of the request. Rejects when the server does not answer. */
  apply(request: SubscriptionRequest): Promise<void>;
  /** Asks once more for the items that the server refused. */
  retry(): Promise<void>;
  refresh(): Promise<void>;
  drain(): Promise<void>;
  read(handles: readonly number[]): Promise<RawValue[]>;
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

function eventsIn(message: NotificationMessage): Array<{ handle: number; fields: PlainValue[] }> {
  return (message.notificationData ?? []).flatMap((notification) =>
    notification instanceof EventNotificationList
      ? (notification.events ?? []).map(({ clientHandle, eventFields }) => ({
          handle: clientHandle,
          fields: (eventFields ?? []).map(plainOfVariant),
        }))
      : [],
  );
}

function hasStructure(changes: readonly DataChange[]): boolean {
  for (const { value } of changes) if (value.type === 'structure') return true;
  return false;
}

function isClosing(message: NotificationMessage): boolean {
  return (message.notificationData ?? []).some(
    (notification) => notification instanceof StatusChangeNotification && notification.status.isBad(),
  );
}

/** Makes the subscription with all its items. An item that the server refuses costs only itself. */
export async function openServerSubscription(options: ServerSubscriptionOptions): Promise<ServerSubscription> {
  const { publishing, listener, live } = options;
  const { session, types } = live;
  let { publishingMs } = options.request;
  const counts = () => ({
    requestedMaxKeepAliveCount: Math.max(1, Math.ceil(options.keepAliveMs / publishingMs)),
    requestedLifetimeCount: Math.max(10, Math.ceil(options.lifetimeMs / publishingMs)),
    maxNotificationsPerPublish: 0,
    priority: 0,
  });
  const { subscriptionId } = await session.createSubscription({
    ...counts(),
    requestedPublishingInterval: publishingMs,
    publishingEnabled: true,
  });
  const retried = (): void => listener.retried?.();
  const items = createMonitoredItems({
    live,
    subscriptionId,
    named: (handle, names) => listener.named(handle, names),
    retried,
  });
  let proof: { after: number; resolve: () => void } | undefined;
  let isEnded = false;

  const changesIn = (message: NotificationMessage): DataChange[] => {
    const changes: DataChange[] = [];
    for (const notification of message.notificationData ?? []) {
      if (!(notification instanceof DataChangeNotification)) continue;
      for (const item of notification.monitoredItems ?? []) {
        changes.push({ handle: item.clientHandle, value: rawValueOf(item.value, types) });
      }
    }
    return changes;
  };
  const deliver = (message: NotificationMessage, changes: readonly DataChange[], hasMore: boolean): void => {
    if (changes.length > 0) listener.notified(changes);
    for (const { handle, fields } of eventsIn(message)) listener.happened?.(handle, fields);
    const serverTime = epochMs(message.publishTime);
    listener.heard(serverTime, !hasMore);
    if (isClosing(message) && !isEnded) {
      publishing.remove(subscriptionId);
      options.onGone();
    }
    if (proof !== undefined && !hasMore && (serverTime ?? Date.now()) >= proof.after) proof.resolve();
  };

  publishing.add(subscriptionId, {
    take(message, hasMore) {
      const changes = changesIn(message);
      const learning = hasStructure(changes)
        ? learnTypes(
            changes.map(({ value }) => value),
            types,
          )
        : undefined;
      if (learning === undefined) return deliver(message, changes, hasMore);
      return learning.then(() => deliver(message, changes, hasMore));
    },
    missed: (count) => listener.missed(count),
    gone() {
      if (!isEnded) options.onGone();
      proof?.resolve();
    },
  });

  const tell = (states: readonly ItemState[]): void => {
    if (states.length > 0 && !isEnded) listener.items(states);
  };
  const setInterval = async (wantedMs: number): Promise<void> => {
    if (wantedMs === publishingMs) return;
    publishingMs = wantedMs;
    await session.modifySubscription({ ...counts(), requestedPublishingInterval: wantedMs, subscriptionId });
  };
  const refresh = (): Promise<void> => refreshConditions(session, subscriptionId);
  const apply = async (request: SubscriptionRequest): Promise<void> => {
    await setInterval(request.publishingMs);
    await items.keepOnly(new Set(request.items.map(({ handle }) => handle)));
    const added = request.items.filter(({ handle }) => !items.has(handle));
    if (added.length > 0) tell(await items.create(added));
    // Conditions that are active already say so only when they are asked.
    if (added.some(({ request: { events } }) => events !== undefined)) await refresh().catch(() => undefined);
  };
  await apply(options.request);

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
    apply,
    refresh,
    end,
    async retry() {
      tell(await items.retry());
    },
    // A tag whose node is not known has been given as bad, and is not stale.
    read: (handles) =>
      readNodes(
        live,
        handles.map((handle) => items.nodeOf(handle) ?? { nodeId: NodeId.nullNodeId }),
        retried,
      ),
    /**
     * With a keep-alive due after every interval the server sends something at once whether it holds values or not, in
     * its own time: whatever was sampled before the answer has been sent when a later message says that no more follow.
     */
    async drain() {
      const response = await session.modifySubscription({
        ...counts(),
        requestedMaxKeepAliveCount: 1,
        requestedPublishingInterval: Math.min(drainPublishingMs, publishingMs),
        subscriptionId,
      });
      const asked = epochMs(response.responseHeader.timestamp) ?? Date.now();
      await new Promise<void>((resolve) => {
        proof = { after: asked + Math.min(items.longestSamplingMs(), drainSamplingMs), resolve };
      });
      await end();
    },
  };
}
