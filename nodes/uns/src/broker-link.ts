import type { BulkheadError } from '@bulkhead/core';

export type ProtocolVersion = 4 | 5;

/** 4 is MQTT 3.1.1. A link waits between two attempts; it gives up only when it is closed. */
export type LinkState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'connecting' }
  | {
      readonly kind: 'connected';
      readonly protocolVersion: ProtocolVersion;
      /** Unacknowledged messages the broker takes at once. */
      readonly receiveMaximum: number;
      readonly maximumPacketBytes: number;
    }
  | { readonly kind: 'waiting'; readonly retryInMs: number; readonly problem: BulkheadError };

export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** Only MQTT 5 carries them. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * One MQTT session at a time, renewed with back-off until it is closed. Everything is QoS 1 and every session is a
 * clean one: who wants something repeated in the next session repeats it when the state becomes `connected`.
 */
export interface BrokerLink {
  readonly clientId: string;
  state(): LinkState;
  /** Calls back on each change; returns the function that ends it. */
  onState(listener: (state: LinkState) => void): () => void;
  onMessage(listener: (message: IncomingMessage) => void): () => void;
  open(): void;
  /** Resolves when disconnected; takes at most about a second. */
  close(): Promise<void>;
  /**
   * `settled` is called once, without a problem when the broker has acknowledged. A retryable problem means that the
   * session ended first: the broker may or may not have the message.
   */
  publish(message: OutgoingMessage, settled: (problem?: BulkheadError) => void): void;
  /** Rejects with a BulkheadError when the broker refuses the filter or the session ends. */
  subscribe(filter: string): Promise<void>;
  unsubscribe(filter: string): Promise<void>;
}
