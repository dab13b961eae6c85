/**
 * One authenticated connection on which typed messages go both ways. Connections are made by `dial.ts` and
 * accepted by `listen.ts`; both hand over here once the token was checked.
 *
 * The out-queue is the stream's own write buffer, bounded by `maxQueuedBytes`. At the bound `send` refuses the
 * newest message, returns false, counts it and tells `onRefused`: what may be lost is the caller's to decide.
 * Bytes that are no message close this connection and no other.
 */
import type { Duplex } from 'node:stream';
import { decodeMessage, encodeMessage, FrameError } from './frame.ts';
import { createFrameReader, type FrameReader } from './frame-reader.ts';
import type { Failure, Reply } from './messages.ts';

export interface Tagged {
  readonly type: string;
}

/** Why a message was not sent, or a call not answered. */
export class CallError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.retryable = code === 'timeout' || code === 'disconnected' || code === 'queue-full';
  }
}

export type Refusal = 'closed' | 'queue-full' | 'not-serialisable' | 'frame-too-large';

export interface PeerOptions<In> {
  readonly onMessage: (message: In) => void;
  /** Once, whoever closed; `reason` is one line for a log. */
  readonly onClose?: (reason: string) => void;
  readonly onRefused?: (refusal: Refusal, detail: string) => void;
  /** Bytes that may wait for a slow reader; 16 MiB where not given. One message may always wait, whatever its size. */
  readonly maxQueuedBytes?: number;
  /** What `listen` or `dial` has read beyond the handshake. */
  readonly reader?: FrameReader;
  readonly intake?: Intake;
}

/** How messages are taken where they come in masses. */
export interface Intake {
  /** `decodeMessage` where not given. Throws FrameError. */
  readonly decode: (payload: Buffer) => unknown;
  /** So many messages, and as many bytes, are handed on in one turn of the loop; those behind them in the next. */
  readonly messagesPerTurn: number;
  readonly bytesPerTurn: number;
}

const atOnce: Intake = { decode: decodeMessage, messagesPerTurn: Infinity, bytesPerTurn: Infinity };

export interface Peer<Out> {
  /** False when the message was refused; never throws. */
  send(message: Out): boolean;
  /**
   * Writes frames made by `encodeMessage`, past the bound of the queue: for senders that keep a bound of their own.
   * `written` is called once their memory is not needed any more.
   */
  write(frames: readonly Uint8Array[], written?: () => void): void;
  /** Takes no further message until `resume`; the other side then waits. */
  pause(): void;
  resume(): void;
  /** Sends what `build` makes of a fresh call id; resolves with the reply's value, rejects with CallError. */
  call(build: (callId: number) => Out, timeoutMs?: number): Promise<unknown>;
  close(reason?: string): void;
  readonly open: boolean;
  readonly queuedBytes: number;
  /** Messages refused so far. */
  readonly refused: number;
}

interface Pending {
  readonly settle: (reply: Reply | CallError) => void;
}

/** Peers are our own processes, let in by their token: past the tag their messages are taken as the types say. */
const isMessage = <M>(value: unknown): value is M & Tagged =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const isReply = (message: Tagged): message is Reply =>
  message.type === 'reply' && 'callId' in message && typeof message.callId === 'number' && 'ok' in message;

export function createPeer<In extends Tagged, Out extends Tagged>(duplex: Duplex, options: PeerOptions<In>): Peer<Out> {
  const { maxQueuedBytes = 16 * 1024 * 1024, reader = createFrameReader(), intake = atOnce } = options;
  const pending = new Map<number, Pending>();
  let nextCallId = 1;
  let refused = 0;
  let open = true;
  let paused = false;
  /** What was handed on in this turn of the loop, which is the present one as long as `turn` is there. */
  let messages = 0;
  let bytes = 0;
  let turn: NodeJS.Immediate | undefined;
  /** Why the stream is over, while messages that it brought wait for their turn. */
  let leaving: string | undefined;

  const end = (reason: string): void => {
    if (!open) return;
    open = false;
    duplex.destroy();
    for (const call of pending.values()) call.settle(new CallError('disconnected', `the connection closed: ${reason}`));
    pending.clear();
    options.onClose?.(reason);
  };

  const receive = (payload: Buffer): void => {
    const value = intake.decode(payload);
    if (!isMessage<In>(value)) throw new FrameError('frame-garbled', 'a frame holds no message');
    if (isReply(value)) pending.get(value.callId)?.settle(value);
    else options.onMessage(value);
  };

  const nextPayload = (): Buffer | null => {
    if (!open || paused) return null;
    try {
      return reader.next();
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
      return null;
    }
  };

  const beginTurn = (): void => {
    if (turn !== undefined || intake === atOnce) return;
    turn = setImmediate(() => {
      turn = undefined;
      messages = 0;
      bytes = 0;
      if (!paused && duplex.isPaused()) duplex.resume();
      drain();
    });
  };

  /** Of the messages that are there, what is left of this turn's share. */
  const drain = (): void => {
    while (messages < intake.messagesPerTurn && bytes < intake.bytesPerTurn) {
      const payload = nextPayload();
      if (payload === null) {
        if (leaving !== undefined && !paused) end(leaving);
        return;
      }
      beginTurn();
      messages += 1;
      bytes += payload.length;
      try {
        receive(payload);
      } catch (error) {
        // An exception of the handler is a fault of this program and must not look like a fault of the bytes.
        if (!(error instanceof FrameError)) throw error;
        end(error.message);
      }
    }
    // What waits in memory of ours is copied, and old by the next collection: in the socket it waits for nothing.
    if (reader.buffered > 0) duplex.pause();
  };

  /** The stream is over: what it brought is handed on first. */
  const finish = (reason: string): void => {
    if (turn === undefined && !paused) end(reason);
    else leaving ??= reason;
  };

  const refuse = (refusal: Refusal, detail: string): Refusal => {
    refused += 1;
    options.onRefused?.(refusal, detail);
    return refusal;
  };

  const write = (message: Out): Refusal | null => {
    if (!open) return refuse('closed', 'the connection is closed');
    let bytes: Buffer;
    try {
      bytes = encodeMessage(message);
    } catch (error) {
      const code = error instanceof FrameError && error.code === 'frame-too-large' ? error.code : 'not-serialisable';
      return refuse(code, `${message.type}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const waiting = duplex.writableLength;
    if (waiting > 0 && waiting + bytes.length > maxQueuedBytes) {
      return refuse('queue-full', `${message.type}: ${waiting} bytes wait already`);
    }
    duplex.write(bytes);
    return null;
  };

  const call = (build: (callId: number) => Out, timeoutMs = 10_000): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const callId = nextCallId++;
      const timer = setTimeout(() => {
        settle(new CallError('timeout', `no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const settle = (outcome: Reply | CallError): void => {
        clearTimeout(timer);
        pending.delete(callId);
        if (outcome instanceof CallError) reject(outcome);
        else if (outcome.ok) resolve(outcome.value);
        else reject(new CallError(outcome.error.code, outcome.error.message));
      };
      pending.set(callId, { settle });
      const refusal = write(build(callId));
      if (refusal !== null)
        settle(new CallError(refusal === 'closed' ? 'disconnected' : refusal, 'the call was not sent'));
    });

  duplex.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    try {
      drain();
    } finally {
      reader.keep();
    }
  });
  duplex.on('error', (error) => finish(error.message));
  duplex.on('end', () => finish('the other side closed'));
  duplex.on('close', () => finish('closed'));
  // After the caller has its peer: the first messages may already have come with the handshake.
  queueMicrotask(() => {
    if (open) drain();
  });

  return {
    send: (message) => write(message) === null,
    call,
    write(frames, written = () => {}) {
      if (!open) return;
      duplex.cork();
      for (const bytes of frames.slice(0, -1)) duplex.write(bytes);
      const last = frames.at(-1);
      if (last !== undefined) duplex.write(last, written);
      duplex.uncork();
    },
    pause() {
      paused = true;
      duplex.pause();
    },
    resume() {
      if (!paused) return;
      paused = false;
      duplex.resume();
      drain();
    },
    close: (reason = 'closed by this side') => end(reason),
    get open() {
      return open;
    },
    get queuedBytes() {
      return duplex.writableLength;
    },
    get refused() {
      return refused;
    },
  };
}

const failure = (error: unknown): Failure => {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
  return { code, message };
};

/** Answers a call with what `work` gives; an exception or rejection becomes `{ok: false, error: {code, message}}`. */
export async function answerCall(
  peer: { send(message: Reply): boolean },
  callId: number,
  work: () => unknown,
): Promise<void> {
  let reply: Reply;
  try {
    reply = { type: 'reply', callId, ok: true, value: await work() };
  } catch (error) {
    reply = { type: 'reply', callId, ok: false, error: failure(error) };
  }
  if (peer.send(reply) || !reply.ok) return;
  peer.send({ type: 'reply', callId, ok: false, error: { code: 'not-sent', message: 'the answer could not be sent' } });
}
