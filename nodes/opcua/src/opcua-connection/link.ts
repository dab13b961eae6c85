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

export interface ItemRequest {
  nodeId: string;
  /** 0: as fast as the server can. */
  samplingMs: number;
  queueSize: number;
  trigger: Trigger;
}

export interface SubscriptionRequest {
  publishingMs: number;
  items: readonly ItemRequest[];
}

/** A value of the item at `index` of the request. */
export interface DataChange {
  index: number;
  value: RawValue;
}

export interface SubscriptionListener {
  /** The subscription was made, or made anew; one status code per item, in the order of the request. */
  created(itemCodes: readonly number[]): void;
  /** The subscription or all of its items could not be made; it is tried again. */
  failed(reason: Error): void;
  /** All values of one notification, in the order in which the server sent them. */
  notified(changes: readonly DataChange[]): void;
  /** A sign of life, with the server's clock; `isEmpty` when the server holds nothing more at the moment. */
  heard(serverTime: number | undefined, isEmpty: boolean): void;
  /** Notifications that the server sent and that never came. */
  missed(notifications: number): void;
}

export interface Subscription {
  /** Resolves when all that the server held has been given to the listener; then the subscription is ended. */
  drain(): Promise<void>;
  /** Current values of the items with these indices, in their order. Rejects when the link is down. */
  read(indices: readonly number[]): Promise<RawValue[]>;
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
