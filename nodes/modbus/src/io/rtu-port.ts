import { EventEmitter } from 'node:events';
import { type ExpectedReply, expectedReply, findReply } from '../protocol/rtu-frame.ts';
import type { TransportEvents } from '../modbus-connection/transport.ts';
import type { Channel, OpenChannel } from './channel.ts';

/** More than this nobody sends in answer to one request. */
const mostReceived = 1_024;

/**
 * A port of modbus-serial for serial frames, over a serial line or a TCP socket.
 *
 * In place of the library's own, because noise must not be waited out until it has the length of an answer: whatever
 * cannot be the answer to the request is passed over.
 */
export class RtuPort extends EventEmitter {
  /** Both are part of what the library expects of a port; there is one request at a time. */
  _transactionIdRead = 1;
  _transactionIdWrite = 1;
  isOpen = false;
  readonly #channel: Channel;
  readonly #events: TransportEvents;
  readonly #silenceMs: number;
  #expected: ExpectedReply | undefined;
  #received: Buffer = Buffer.alloc(0);
  #quietFrom = 0;
  #writing: NodeJS.Timeout | undefined;

  constructor(open: OpenChannel, silenceMs: number, events: TransportEvents) {
    super();
    this.#events = events;
    this.#silenceMs = silenceMs;
    this.#channel = open({
      onOpen: () => {
        this.isOpen = true;
        events.onOpen();
      },
      onData: (bytes) => this.#receive(bytes),
      onEnd: (reason) => {
        this.destroy();
        events.onEnd(reason);
      },
    });
  }

  /** The library opens a port before it uses it; this one opens by itself. */
  open(done: (error?: Error) => void): void {
    done();
  }

  /** Takes a serial frame: unit, function, data, CRC. */
  write(frame: Buffer): void {
    // The library reuses no buffer, but what is sent a moment later must be what was meant.
    const bytes = Buffer.from(frame);
    const waitMs = this.#quietFrom + this.#silenceMs - performance.now();
    const send = (): void => {
      this.#expected = expectedReply(bytes);
      this.#received = Buffer.alloc(0);
      this.#channel.write(bytes);
    };
    clearTimeout(this.#writing);
    if (this.#silenceMs === 0 || waitMs <= 0) send();
    else this.#writing = setTimeout(send, Math.ceil(waitMs));
  }

  /** Ends the connection without an event. Idempotent. */
  destroy(): void {
    this.isOpen = false;
    clearTimeout(this.#writing);
    this.removeAllListeners();
    this.#channel.destroy();
  }

  #receive(bytes: Buffer): void {
    this.#quietFrom = performance.now();
    if (this.#expected === undefined) return;
    const received = Buffer.concat([this.#received, bytes]);
    const { reply, rest } = findReply(received.subarray(-mostReceived), this.#expected);
    this.#received = rest;
    if (reply === undefined) return;
    this.#expected = undefined;
    this.#events.onHeard();
    this.emit('data', reply);
  }
}
