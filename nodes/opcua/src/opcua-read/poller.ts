import { type Clock, errorMessage } from '@bulkhead/core';
import { createCycleTimes, createPollGroup, type CycleTimes, type PollGroup, type Traffic } from '@bulkhead/node-kit';
import type {
  DataChange,
  Item,
  ItemRequest,
  ItemState,
  Link,
  Subscription,
  SubscriptionListener,
  SubscriptionRequest,
} from '../opcua-connection/link.ts';
import type { RawValue } from '../protocol/raw-value.ts';

/** What reading an item came to. */
export type ItemValue =
  | { ok: true; value: RawValue; names?: ReadonlyMap<number, string> }
  /** The server has no such node; `code` is its status code. */
  | { ok: false; code: number };

/**
 * Reads items once, in their order; `onRetry` is told of each request that the server found too large and that is sent
 * again in parts. Rejects when the server does not answer.
 */
export type ReadItems = (items: readonly ItemRequest[], onRetry: () => void) => Promise<ItemValue[]>;

export interface PollerOptions {
  link: Pick<Link, 'watch' | 'state'>;
  readItems: ReadItems;
  clock: Clock;
  traffic: Traffic;
}

/** Stands in for subscriptions where a server has none or counts them: asks again and again. */
export interface Poller extends Pick<Link, 'watch' | 'subscribe'> {
  readonly state: Link['state'];
  readonly times: CycleTimes;
}

export function createPoller({ link, readItems, clock, traffic }: PollerOptions): Poller {
  const times = createCycleTimes();
  const read = (items: readonly Item[]): Promise<ItemValue[]> =>
    readItems(
      items.map(({ request }) => request),
      () => traffic.trouble('retry'),
    );

  const subscribe = (first: SubscriptionRequest, listener: SubscriptionListener): Subscription => {
    let request = first;
    let groups: PollGroup[] = [];
    let isUp = false;
    let isClosed = false;
    let isFailing = false;
    const refusals = new Map<number, number>();
    const settled = new Set<number>();

    /** Tells the listener of items that are refused now, or no longer. */
    const tellStates = (items: readonly Item[], values: readonly ItemValue[]): void => {
      const states: ItemState[] = [];
      for (const [index, { handle, request: item }] of items.entries()) {
        const value = values[index];
        const code = value?.ok === false ? value.code : 0;
        if (value?.ok === true && value.names !== undefined) listener.named(handle, value.names);
        if (settled.has(handle) && (refusals.get(handle) ?? 0) === code) continue;
        settled.add(handle);
        refusals.set(handle, code);
        // Whoever asks gets every value: what is small enough to be left out is decided here.
        states.push({ handle, code, ...(item.deadband === undefined ? {} : { unfiltered: {} }) });
      }
      if (states.length > 0) listener.items(states);
    };

    const take = (items: readonly Item[], values: readonly ItemValue[]): void => {
      tellStates(items, values);
      const changes: DataChange[] = [];
      for (const [index, { handle }] of items.entries()) {
        const value = values[index];
        if (value?.ok === true) changes.push({ handle, value: value.value });
      }
      if (changes.length > 0) listener.notified(changes);
      listener.heard(undefined, true);
    };

    const readGroup = async (items: readonly Item[], isHeard: () => boolean): Promise<void> => {
      try {
        const values = await read(items);
        if (!isHeard()) return;
        isFailing = false;
        take(items, values);
      } catch (cause) {
        // A lost connection says so by itself.
        if (!isHeard() || !isUp || isFailing) return;
        isFailing = true;
        listener.failed(new Error(`the server could not be read: ${errorMessage(cause)}`, { cause }));
      }
    };

    const groupOf = (pollMs: number, items: readonly Item[]): PollGroup => {
      const isHeard = (): boolean => !isClosed && groups.includes(group);
      const group: PollGroup = createPollGroup({
        reader: {
          async read() {
            await readGroup(items, isHeard);
            return { samples: [], outcomes: [] };
          },
        },
        pollMs,
        clock,
        traffic,
        times,
        onCycle: () => undefined,
      });
      return group;
    };
    const pause = (): void => {
      for (const group of groups) group.pause();
    };
    const run = (): void => {
      if (isUp && !isClosed) for (const group of groups) group.run();
    };
    const build = (): void => {
      pause();
      const rates = Map.groupBy(request.items, ({ request: { samplingMs } }) => samplingMs || request.publishingMs);
      groups = [...rates].map(([pollMs, items]) => groupOf(pollMs, items));
      run();
    };

    build();
    const unwatch = link.watch(({ kind }) => {
      const wasUp = isUp;
      isUp = kind === 'connected';
      if (wasUp && !isUp) pause();
      if (!wasUp && isUp) run();
    });
    const close = (): Promise<void> => {
      isClosed = true;
      pause();
      unwatch();
      return Promise.resolve();
    };
    return {
      change(next) {
        request = next;
        build();
      },
      async drain() {
        pause();
        await Promise.all(groups.map((group) => group.settled()));
        await close();
      },
      async read(handles) {
        const wanted = new Set(handles);
        const items = request.items.filter(({ handle }) => wanted.has(handle));
        const values = await read(items);
        const byHandle = new Map(items.map(({ handle }, index) => [handle, values[index]]));
        return handles.map((handle) => {
          const value = byHandle.get(handle);
          if (value?.ok === true) return value.value;
          return { code: value?.code ?? 0x8000_0000, type: 'null', isArray: false, value: null };
        });
      },
      refresh: () => Promise.resolve(),
      close,
    };
  };

  return {
    times,
    subscribe,
    watch: link.watch,
    get state() {
      return link.state;
    },
  };
}
