import type { PathStep } from '../protocol/address.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import type { RawValue } from '../protocol/raw-value.ts';

/*
 * idle ──start──▶ connecting ──session active──▶ connected
 *  ▲                  │  ▲                          │ channel lost: the session is repaired, with what it queued;
 *  │ stop             ▼  │ delay over               ▼ if that takes longer than the session lives, a new one is made
 *  └───────────────  waiting  ◀─────────────────────┘
 */
export type LinkState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'connected' }
  | { kind: 'waiting'; retryAt: number; reason: Error };

/** A reading is sent when its status changed; also when its value did; also when only its source time did. */
export type Trigger = 'status' | 'value' | 'timestamp';

/** How far a number must move to be a change: in units of the server, or in percent of the range that the server has for it. */
export interface Deadband {
  kind: 'absolute' | 'percent';
  value: number;
}

/** A field of an event: by its names below the type that has it. */
export interface EventField {
  /** Address of the type. */
  typeId: string;
  path: readonly PathStep[];
  /** Of a condition its node id is wanted, which is no field. */
  isNodeId?: boolean;
}

/** The item is the source of events, not of values. */
export interface EventRequest {
  fields: readonly EventField[];
  /** Events of the type with this address and of those derived from it. */
  ofType?: string;
  minSeverity?: number;
}

export interface ItemRequest {
  nodeId: string;
  events?: EventRequest;
  /** Part of an array or a matrix, such as `0:9` or `1,0:3` (OPC 10000-4, clause 7.27). */
  indexRange?: string;
  /** 0: as fast as the server can. */
  samplingMs: number;
  queueSize: number;
  trigger: Trigger;
  deadband?: Deadband;
  /** The names of its numbers are wanted, if it is of an enumeration. */
  wantsNames?: boolean;
}

/** An item of a subscription; its handle is the number that its values come under, and is never used again. */
export interface Item {
  handle: number;
  request: ItemRequest;
}

export interface SubscriptionRequest {
  publishingMs: number;
  items: readonly Item[];
}

export interface DataChange {
  handle: number;
  value: RawValue;
}

/** What the server makes of an item. */
export interface ItemState {
  handle: number;
  /** Status code: good when it is monitored. One that is refused is asked for again from time to time. */
  code: number;
  /**
   * Set when the server does not filter by the item's deadband and sends every change. `range` is that of the server, for
   * a deadband in percent; absent when it has none.
   */
  unfiltered?: { range?: readonly [low: number, high: number] };
}

export interface SubscriptionListener {
  /** Items were made, made anew, or refused. */
  items(states: readonly ItemState[]): void;
  /** Before the first value of an item of which they were wanted and which is of an enumeration. */
  named(handle: number, names: ReadonlyMap<number, string>): void;
  /** The subscription or all of its items could not be made; it is tried again. */
  failed(reason: Error): void;
  /** All values of one notification, in the order in which the server sent them. */
  notified(changes: readonly DataChange[]): void;
  /** An event of an item with a value for each field that was asked for, null for those that it lacks. */
  happened?(handle: number, fields: readonly PlainValue[]): void;
  /** A sign of life, with the server's clock; `isEmpty` when the server holds nothing more at the moment. */
  heard(serverTime: number | undefined, isEmpty: boolean): void;
  /** A request of this subscription that the server found too large, and that is sent again in parts. */
  retried?(): void;
  /** Notifications that the server sent and that never came. */
  missed(notifications: number): void;
}

export interface Subscription {
  /** Items that are no longer there are ended, new ones made; all others go on untouched. */
  change(request: SubscriptionRequest): void;
  /** Resolves when all that the server held has been given to the listener; then the subscription is ended. */
  drain(): Promise<void>;
  /** Current values of the items with these handles, in their order. Rejects when the link is down. */
  read(handles: readonly number[]): Promise<RawValue[]>;
  /** Asks for the present state of all conditions, which then come as events. Rejects when the link is down. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** One session with a server, shared by all who subscribe, kept up for ever between `start` and `stop`. */
export interface Link {
  start(): void;
  /** Ends the session, bounded in time. Idempotent. */
  stop(): Promise<void>;
  readonly state: LinkState;
  /** Calls back at once with the present state, then on every change, until the returned function is called. */
  watch(onState: (state: LinkState) => void): () => void;
  /** Holds over every reconnection until it is closed. */
  subscribe(request: SubscriptionRequest, listener: SubscriptionListener): Subscription;
}
