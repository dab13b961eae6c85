import type { SerialLine } from '../modbus-connection/transport.ts';

/** Where clients come to. */
export type ServerPlace =
  | { kind: 'tcp'; host: string; port: number; maxClients: number }
  | { kind: 'rtu'; line: SerialLine };

export interface ListenerEvents {
  onListening(): void;
  /** It cannot listen, or no longer; nothing comes after that. */
  onEnd(reason: Error): void;
  /** Gives the answer (function code and data) to a request; nothing: silence. */
  onRequest(unit: number, pdu: Buffer, client: string): Buffer | undefined;
  /** Clients came or went, or were refused. */
  onClients(): void;
}

export interface Listener {
  readonly clients: number;
  /** Clients that were refused because there were too many, since the start. */
  readonly refused: number;
  /** Ends it with all its connections, without an event. Idempotent. */
  close(): Promise<void>;
}

export type Listen = (events: ListenerEvents) => Listener;
