/**
 * What a running flow shows in the editor: status dots, debug messages, notifications. Sent in batches, at most every
 * 100 ms, and bounded: statuses by node (the last one wins), debug messages by rate, the rest by rate as well.
 */
import type { EventEmitter } from 'node:events';
import { isRecord } from '../node-red/is-record.ts';
import type { RelayedEvent } from '../protocol/messages.ts';
import { createPerSecondLimit } from '../node-red/per-second-limit.ts';

export interface EventRelay {
  /** Everything a new supervisor has to know: all dots, all retained topics. */
  resend(): void;
  readonly debugDropped: number;
  setDebugLimit(perSecond: number): void;
  /** Puts an event of the compartment's own among those of its flows; kept for `resend` if it is retained. */
  announce(event: RelayedEvent): void;
  stop(): void;
}

export interface EventRelayOptions {
  readonly events: EventEmitter;
  readonly debugLimitPerSecond: number;
  /** True while the runtime starts: what it then says of itself, not of a node, is not for the debug sidebar. */
  readonly starting: () => boolean;
  /** False when nobody listens: the batch is dropped, dots and retained topics come with `resend`. */
  readonly send: (events: readonly RelayedEvent[]) => boolean;
  readonly flushEveryMs?: number;
}

/** Other topics than debug: dashboards and third-party sidebars publish a few a second. */
const commsLimitPerSecond = 500;
const maxRetained = 1000;
/** What Node-RED says about its own start, deploys and palettes: the editor process has its own. */
const ownOfTheRuntime =
  /^(runtime-state|runtime-deploy|runtime-unsupported-version|restart-required|update-available|project-update|(node|plugin)\/.*)$/;

export function createEventRelay(options: EventRelayOptions): EventRelay {
  const { events, send, flushEveryMs = 100 } = options;
  const debugLimit = createPerSecondLimit(options.debugLimitPerSecond);
  const commsLimit = createPerSecondLimit(commsLimitPerSecond);
  const statuses = new Map<string, unknown>();
  const changedStatuses = new Map<string, unknown>();
  const retained = new Map<string, RelayedEvent>();
  let batch: RelayedEvent[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    const out = batch;
    batch = [];
    const changed = [...changedStatuses];
    changedStatuses.clear();
    for (const [id, status] of changed) out.push({ name: 'node-status', payload: { id, status } });
    const dropped = debugLimit.takeDropped(Date.now());
    if (dropped > 0) out.push(droppedMessage(dropped, debugLimit.limit));
    if (out.length === 0 || send(out)) return;
    // Nobody there, or too slow: messages are lost, a dot must not be.
    for (const [id, status] of changed) if (!changedStatuses.has(id)) changedStatuses.set(id, status);
  };
  const schedule = (): void => {
    timer ??= setTimeout(flush, flushEveryMs);
  };
  // Says how much was dropped, and repeats dots that could not be sent, even if no further event comes.
  const sweep = setInterval(() => {
    if (debugLimit.droppedInTotal > 0 || changedStatuses.size > 0) schedule();
  }, 1000);
  sweep.unref();

  const onStatus = (event: unknown): void => {
    if (!isRecord(event) || typeof event['id'] !== 'string') return;
    const status = plain(event['status']);
    const shown = isRecord(status) && Object.values(status).some((part) => part !== undefined && part !== '');
    if (shown) statuses.set(event['id'], status);
    else statuses.delete(event['id']);
    changedStatuses.set(event['id'], shown ? status : {});
    schedule();
  };

  const onComms = (event: unknown): void => {
    if (!isRecord(event) || typeof event['topic'] !== 'string') return;
    const topic = event['topic'];
    if (topic === 'debug' && options.starting() && isRecord(event['data']) && event['data']['id'] === undefined) return;
    const limit = topic === 'debug' ? debugLimit : commsLimit;
    if (!limit.take(Date.now())) return schedule();
    const data = plain(event['data']);
    const retain = event['retain'] === true;
    push(topic, { name: 'comms', payload: { topic, data, ...(retain ? { retain } : {}) } }, retain);
  };

  const onRuntimeEvent = (event: unknown): void => {
    if (!isRecord(event) || typeof event['id'] !== 'string' || ownOfTheRuntime.test(event['id'])) return;
    if (!commsLimit.take(Date.now())) return;
    const { id } = event;
    const retain = event['retain'] === true;
    const payload = plain(event['payload']);
    push(
      `notification/${id}`,
      { name: 'runtime-event', payload: { id, payload, ...(retain ? { retain } : {}) } },
      retain,
    );
  };

  const push = (topic: string, event: RelayedEvent, retain: boolean): void => {
    if (retain && (retained.has(topic) || retained.size < maxRetained)) retained.set(topic, event);
    else retained.delete(topic);
    batch.push(event);
    schedule();
  };

  events.on('node-status', onStatus);
  events.on('comms', onComms);
  events.on('runtime-event', onRuntimeEvent);

  return {
    resend() {
      for (const event of retained.values()) batch.push(event);
      for (const [id, status] of statuses) changedStatuses.set(id, status);
      schedule();
    },
    announce(event) {
      if (event.name !== 'runtime-event') return;
      push(`notification/${event.payload.id}`, event, event.payload.retain === true);
    },
    setDebugLimit: (perSecond) => debugLimit.setLimit(perSecond),
    get debugDropped() {
      return debugLimit.droppedInTotal;
    },
    stop() {
      clearTimeout(timer);
      clearInterval(sweep);
      flush();
      events.off('node-status', onStatus);
      events.off('comms', onComms);
      events.off('runtime-event', onRuntimeEvent);
    },
  };
}

function droppedMessage(dropped: number, limit: number): RelayedEvent {
  const msg = `${dropped} debug messages dropped: this compartment may show ${limit} a second`;
  return { name: 'comms', payload: { topic: 'debug', data: { level: 30, name: 'Bulkhead', format: 'string', msg } } };
}

/** What survives JSON, which is how it reaches the browser in the end: no functions, sockets or circles on the wire. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'number') return value;
  try {
    const parsed: unknown = JSON.parse(JSON.stringify(value));
    return parsed;
  } catch {
    return 'a value that cannot be shown';
  }
}
