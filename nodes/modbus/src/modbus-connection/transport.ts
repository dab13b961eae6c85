import type { Reply, Request } from '../protocol/request.ts';

/** An open connection to a device or gateway. Knows no timeouts: an answer is an answer, however late. */
export interface Transport {
  /**
   * Sends a request. `onReply` is called once when the answer has come, which may be never; after the connection
   * has ended it is not called any more.
   */
  send(unit: number, request: Request, onReply: (reply: Reply) => void): void;
  /** Ends the connection at once. Idempotent; `onEnd` is not called for it. */
  destroy(): void;
}

export interface TransportEvents {
  onOpen(): void;
  /** The connection could not be made or has ended; nothing comes after that. */
  onEnd(reason: Error): void;
  /** Bytes have arrived, so the far side lives. */
  onHeard(): void;
}

export type OpenTransport = (events: TransportEvents) => Transport;

export interface SerialLine {
  /** As `/dev/ttyUSB0` or `COM3`. */
  path: string;
  baudRate: number;
  parity: 'none' | 'even' | 'odd';
  dataBits: 7 | 8;
  stopBits: 1 | 2;
}
