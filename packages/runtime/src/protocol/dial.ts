/** The dialling side: connects, says hello, and after every loss does so again with back-off, for ever. */
import type { Socket } from 'node:net';
import type { Address } from './address.ts';
import { maxFrameBytes } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import { decodeHelloAnswer, encodeHandshake, maxHandshakeBytes } from './handshake.ts';
import type { Hello } from './messages.ts';
import { CallError, createPeer, type Intake, type Peer, type Refusal, type Tagged } from './peer.ts';
import { openStream } from './stream.ts';

export interface DialOptions<In, Out> {
  /** Made anew for every attempt: what is running may have changed. */
  readonly hello: () => Hello;
  readonly onMessage: (message: In, peer: Peer<Out>) => void;
  /** After each welcome. */
  readonly onOpen?: (peer: Peer<Out>) => void;
  /** After a connection that was open is lost; the next attempt follows by itself. */
  readonly onClose?: (reason: string) => void;
  /** The other side does not want us: wrong token or version. Tried again all the same. */
  readonly onRefused?: (reason: string) => void;
  readonly onSendRefused?: (refusal: Refusal, detail: string) => void;
  readonly maxQueuedBytes?: number;
  /** Largest message taken once the token was checked; `maxFrameBytes` where not given. */
  readonly maxMessageBytes?: number;
  readonly intake?: Intake;
  /** Time for connecting and for the answer to hello, each attempt. */
  readonly handshakeTimeoutMs?: number;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
}

export interface Dialled<Out> {
  /** Null while not connected. */
  readonly peer: Peer<Out> | null;
  /** False while not connected, or when refused. */
  send(message: Out): boolean;
  call(build: (callId: number) => Out, timeoutMs?: number): Promise<unknown>;
  /** Ends for good; no attempt follows. */
  close(): void;
}

export function dial<In extends Tagged, Out extends Tagged>(
  address: Address,
  options: DialOptions<In, Out>,
): Dialled<Out> {
  const { firstDelayMs = 20, maxDelayMs = 500, handshakeTimeoutMs = 5000 } = options;
  let peer: Peer<Out> | null = null;
  let socket: Socket | null = null;
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;
  let closed = false;

  const retry = (): void => {
    if (closed || timer !== null) return;
    const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2);
    failures += 1;
    timer = setTimeout(() => {
      timer = null;
      attempt();
    }, delayMs);
  };

  const attempt = (): void => {
    const stream = openStream(
      address,
      () => {
        if (!left) stream.write(encodeHandshake(options.hello()));
      },
      'lent',
    );
    socket = stream;
    let left = false;
    const reader = createFrameReader(maxHandshakeBytes);
    const leave = (): void => {
      left = true;
      clearTimeout(deadline);
      stream.removeListener('data', onData);
      stream.removeListener('error', giveUp);
      stream.removeListener('close', giveUp);
    };
    const giveUp = (): void => {
      leave();
      // A socket may still report an error after it was given up; nobody is interested then.
      stream.on('error', () => {});
      stream.destroy();
      retry();
    };
    const deadline = setTimeout(giveUp, handshakeTimeoutMs);
    const onData = (chunk: Buffer): void => {
      reader.push(chunk);
      take();
      reader.keep();
    };
    const take = (): void => {
      try {
        const payload = reader.next();
        if (payload === null) return;
        const answer = decodeHelloAnswer(payload);
        if (answer.type === 'welcome') return open();
        options.onRefused?.(answer.reason);
        // Refusals do not heal in milliseconds.
        failures = Math.max(failures, 6);
      } catch {
        failures = Math.max(failures, 6);
      }
      giveUp();
    };
    const open = (): void => {
      leave();
      reader.limit(options.maxMessageBytes ?? maxFrameBytes);
      failures = 0;
      const opened: Peer<Out> = createPeer<In, Out>(stream, {
        reader,
        onMessage: (message) => options.onMessage(message, opened),
        onClose: (reason) => {
          peer = null;
          options.onClose?.(reason);
          retry();
        },
        ...(options.onSendRefused === undefined ? {} : { onRefused: options.onSendRefused }),
        ...(options.maxQueuedBytes === undefined ? {} : { maxQueuedBytes: options.maxQueuedBytes }),
        ...(options.intake === undefined ? {} : { intake: options.intake }),
      });
      peer = opened;
      options.onOpen?.(opened);
    };
    stream.on('data', onData);
    stream.on('error', giveUp);
    stream.on('close', giveUp);
  };

  attempt();

  return {
    get peer() {
      return peer;
    },
    send: (message) => peer?.send(message) ?? false,
    call: (build, timeoutMs) =>
      peer === null ? Promise.reject(new CallError('disconnected', 'not connected')) : peer.call(build, timeoutMs),
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      peer?.close();
      socket?.destroy();
    },
  };
}
