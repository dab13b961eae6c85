import type { Agreement, Message, Request } from '../protocol/message.ts';

/** An open connection to a PLC. Knows no timeouts once it is open: who waits, and how long, is decided elsewhere. */
export interface Transport {
  /** Sends a request. `onAnswer` is called at most once, and not after the connection has ended. */
  send(request: Request, onAnswer: (message: Message) => void): void;
  /** Ends the connection at once. Idempotent; `onEnd` is not called for it. */
  destroy(): void;
}

export interface TransportEvents {
  onOpen(agreement: Agreement): void;
  /** The connection could not be made or has ended; nothing comes after that. */
  onEnd(reason: Error): void;
}

export type OpenTransport = (events: TransportEvents) => Transport;

export interface S7Address {
  host: string;
  port: number;
  localTsap: number;
  remoteTsap: number;
  /** For the socket, the transport connection and the agreement on sizes together. */
  timeoutMs: number;
  /** What the PLC is asked to agree to. */
  wanted: Agreement;
}
