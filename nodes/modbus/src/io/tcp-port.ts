import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BulkheadError } from '@bulkhead/core';
import { frameBytes, splitFrames } from '../protocol/frame.ts';
import type { TransportEvents } from '../modbus-connection/transport.ts';
import { crcBytes, withCrcOfNothing } from './crc-of-nothing.ts';

export interface TcpAddress {
  host: string;
  port: number;
  /** For making the connection. */
  timeoutMs: number;
}

/**
 * Transaction numbers in use. The library keeps an entry for each for ever, so not all 65,536; the one it comes with
 * uses 256, and at 36,000 reads a second an answer that is 10 ms late is then taken for another's.
 */
export const transactions = 4_096;

/**
 * A port of modbus-serial: Modbus TCP over one socket.
 *
 * In place of the library's own, because bytes that are no Modbus frame must end the connection (no later byte could be
 * trusted) instead of being waited for, and because of the transaction numbers.
 */
export class TcpPort extends EventEmitter {
  /** Both are part of what the library expects of a port. */
  _transactionIdRead = 0;
  _transactionIdWrite = 1;
  isOpen = false;
  readonly #socket: Socket;
  readonly #events: TransportEvents;
  readonly #unanswered = new Set<number>();
  readonly #connecting: NodeJS.Timeout;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor({ host, port, timeoutMs }: TcpAddress, events: TransportEvents) {
    super();
    this.#events = events;
    this.#socket = connect({ host, port, noDelay: true, keepAlive: true });
    this.#connecting = setTimeout(() => {
      this.#end(new BulkheadError('connect-timeout', `no connection within ${timeoutMs} ms`, { retryable: true }));
    }, timeoutMs);
    this.#socket.on('connect', () => {
      clearTimeout(this.#connecting);
      if (this.#ended) return;
      this.isOpen = true;
      events.onOpen();
    });
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', () => {
      this.#end(new BulkheadError('closed', 'the device closed the connection', { retryable: true }));
    });
    this.#socket.on('data', (data) => this.#receive(data));
  }

  /** The library opens a port before it uses it; this one opens by itself. */
  open(done: (error?: Error) => void): void {
    done();
  }

  /** Takes a serial frame: unit, function, data, CRC. */
  write(frame: Buffer): void {
    if (this.#ended) return;
    const transaction = this._transactionIdWrite;
    this.#unanswered.add(transaction);
    if (this.#unanswered.size === transactions) {
      const reason = `${transactions} requests are without an answer`;
      this.#end(new BulkheadError('unanswered', reason, { retryable: true }));
      return;
    }
    // A number is not used again before its answer has come, which may be never: the next request takes another one.
    do this._transactionIdWrite = (this._transactionIdWrite + 1) % transactions;
    while (this.#unanswered.has(this._transactionIdWrite));
    this.#socket.write(frameBytes(transaction, frame.subarray(0, -crcBytes)));
  }

  /** Ends the connection without an event. Idempotent. */
  destroy(): void {
    this.#ended = true;
    this.isOpen = false;
    clearTimeout(this.#connecting);
    this.removeAllListeners();
    this.#socket.destroy();
  }

  #receive(data: Buffer): void {
    this.#events.onHeard();
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const split = splitFrames(this.#received);
    if (!split.ok) {
      this.#end(
        new BulkheadError('not-modbus', `what answers is not Modbus TCP: ${split.reason}`, { retryable: true }),
      );
      return;
    }
    this.#received = split.rest;
    for (const { transaction, body } of split.frames) {
      // Not asked for, or answered already.
      if (!this.#unanswered.delete(transaction)) continue;
      this._transactionIdRead = transaction;
      this.emit('data', withCrcOfNothing(body));
      if (this.#ended) return;
    }
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    this.destroy();
    this.#events.onEnd(reason);
  }
}
