import {
  AttributeIds,
  type EventFilter,
  MonitoringMode,
  type NodeId,
  StatusCodes,
  TimestampsToReturn,
} from 'node-opcua-client';
import { NumericRange } from 'node-opcua-numeric-range';
import type { Item, ItemRequest, ItemState } from '../opcua-connection/link.ts';
import { inChunks } from './in-chunks.ts';
import { eventFilterOf } from './event-filter.ts';
import { filterOf, isFilterRefusal } from './item-filter.ts';
import type { LiveSession, Resolution } from './live-session.ts';
import { readNames, readRanges } from './node-facts.ts';

interface Made {
  request: ItemRequest;
  resolution: Resolution;
  /** Status code of the server. */
  code: number;
  /** Of the server; absent for an item that it refused. */
  itemId?: number;
}

/** The items of one subscription as the server has them. */
export interface MonitoredItems {
  /** Makes these; gives what became of each. An item that the server refuses costs only itself. */
  create(items: readonly Item[]): Promise<ItemState[]>;
  /** Tries those once more that were refused; gives those of which something has changed. */
  retry(): Promise<ItemState[]>;
  /** Ends all but these. */
  keepOnly(handles: ReadonlySet<number>): Promise<void>;
  has(handle: number): boolean;
  /** The node of an item, if it has one. */
  nodeOf(handle: number): { nodeId: NodeId; indexRange?: string } | undefined;
  /** Of all items. */
  longestSamplingMs(): number;
}

export interface MonitoredItemsOptions {
  live: LiveSession;
  subscriptionId: number;
  /** Before an item is made of which the names are wanted. */
  named(handle: number, names: ReadonlyMap<number, string>): void;
  /** A request that the server found too large is sent again in parts. */
  retried(): void;
}

interface Wanted extends Item {
  nodeId: NodeId;
  /** Of a source of events. */
  filter?: EventFilter;
}

export function createMonitoredItems({ live, subscriptionId, named, retried }: MonitoredItemsOptions): MonitoredItems {
  const { session, limits } = live;
  const made = new Map<number, Made>();
  let longestMs = 0;

  const nameAll = async (wanted: readonly Wanted[]): Promise<void> => {
    const nameless = wanted.filter(({ request }) => request.wantsNames === true);
    if (nameless.length === 0) return;
    const names = await readNames(
      live,
      nameless.map(({ nodeId }) => nodeId),
    );
    for (const [index, { handle }] of nameless.entries()) {
      const own = names[index];
      if (own !== undefined) named(handle, own);
    }
  };

  /** Sorts out the event sources of which type or fields are not to be had. */
  const withFilters = async (wanted: readonly Wanted[], states: ItemState[]): Promise<Wanted[]> => {
    const able: Wanted[] = [];
    for (const item of wanted) {
      const { events } = item.request;
      const made = events === undefined ? undefined : await eventFilterOf(live, events);
      if (made?.ok === false) states.push({ handle: item.handle, code: made.code });
      else able.push(made === undefined ? item : { ...item, filter: made.filter });
    }
    return able;
  };

  /** One status code for each. */
  const ask = async (wanted: readonly Wanted[]): Promise<number[]> => {
    const askFor = async (chunk: Wanted[]): Promise<number[]> => {
      const response = await session.createMonitoredItems({
        subscriptionId,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToCreate: chunk.map(({ handle, request, nodeId, filter }) => ({
          itemToMonitor: {
            nodeId,
            attributeId: request.events === undefined ? AttributeIds.Value : AttributeIds.EventNotifier,
            ...(request.indexRange === undefined ? {} : { indexRange: new NumericRange(request.indexRange) }),
          },
          monitoringMode: MonitoringMode.Reporting,
          requestedParameters: {
            clientHandle: handle,
            samplingInterval: request.samplingMs,
            queueSize: request.queueSize,
            discardOldest: true,
            filter: filter ?? filterOf(request),
          },
        })),
      });
      const results = response.results ?? [];
      for (const [index, { statusCode, monitoredItemId, revisedSamplingInterval }] of results.entries()) {
        const own = chunk[index];
        if (own === undefined || !statusCode.isGood()) continue;
        longestMs = Math.max(longestMs, revisedSamplingInterval);
        const known = made.get(own.handle);
        if (known !== undefined) known.itemId = monitoredItemId;
      }
      return results.map(({ statusCode }) => statusCode.value);
    };
    return await inChunks(wanted, limits.monitor, askFor, retried);
  };

  /** Makes those without their deadband for which the server has none. */
  const withoutDeadband = async (refused: readonly Wanted[]): Promise<ItemState[]> => {
    if (refused.length === 0) return [];
    const codes = await ask(
      refused.map((item) => {
        const { deadband: _deadband, ...request } = item.request;
        return { ...item, request };
      }),
    );
    const inPercent = refused.filter(({ request }) => request.deadband?.kind === 'percent');
    const ranges = await readRanges(
      live,
      inPercent.map(({ nodeId }) => nodeId),
    );
    const rangeBy = new Map(inPercent.map(({ handle }, index) => [handle, ranges[index]]));
    return refused.map(({ handle }, index) => {
      const range = rangeBy.get(handle);
      const code = codes[index] ?? StatusCodes.BadUnexpectedError.value;
      return { handle, code, unfiltered: range === undefined ? {} : { range } };
    });
  };

  const create = async (items: readonly Item[]): Promise<ItemState[]> => {
    const resolved = await live.resolve(items.map(({ request }) => request.nodeId));
    const known: Wanted[] = [];
    const states: ItemState[] = [];
    for (const [index, item] of items.entries()) {
      const resolution = resolved[index];
      if (resolution === undefined) continue;
      const code = resolution.ok ? StatusCodes.BadWaitingForInitialData.value : resolution.code;
      made.set(item.handle, { request: item.request, resolution, code });
      if (resolution.ok) known.push({ ...item, nodeId: resolution.nodeId });
      else states.push({ handle: item.handle, code: resolution.code });
    }
    const wanted = await withFilters(known, states);
    await nameAll(wanted);
    const codes = await ask(wanted);
    const refused: Wanted[] = [];
    for (const [index, item] of wanted.entries()) {
      const code = codes[index] ?? StatusCodes.BadUnexpectedError.value;
      if (item.request.deadband !== undefined && isFilterRefusal(code)) refused.push(item);
      else states.push({ handle: item.handle, code });
    }
    states.push(...(await withoutDeadband(refused)));
    for (const { handle, code } of states) {
      const own = made.get(handle);
      if (own !== undefined) own.code = code;
    }
    return states;
  };

  return {
    create,
    async retry() {
      const refused = [...made].flatMap(([handle, { request, itemId, code }]) =>
        itemId === undefined ? [{ handle, request, code }] : [],
      );
      if (refused.length === 0) return [];
      const states = await create(refused);
      const before = new Map(refused.map(({ handle, code }) => [handle, code]));
      return states.filter(({ handle, code }) => before.get(handle) !== code);
    },
    async keepOnly(handles) {
      const gone = [...made].filter(([handle]) => !handles.has(handle));
      const itemIds = gone.flatMap(([, { itemId }]) => (itemId === undefined ? [] : [itemId]));
      for (const [handle] of gone) made.delete(handle);
      // What becomes of each does not matter: its values are not taken any more.
      const end = async (monitoredItemIds: number[]): Promise<number[]> => {
        await session.deleteMonitoredItems({ subscriptionId, monitoredItemIds });
        return monitoredItemIds;
      };
      await inChunks(itemIds, limits.monitor, end, retried);
    },
    has: (handle) => made.has(handle),
    nodeOf(handle) {
      const own = made.get(handle);
      if (own?.resolution.ok !== true) return undefined;
      const { indexRange } = own.request;
      return { nodeId: own.resolution.nodeId, ...(indexRange === undefined ? {} : { indexRange }) };
    },
    longestSamplingMs: () => longestMs,
  };
}
