/**
 * What one compartment has for another: frames in order, bounded, sent at most once.
 *
 * A frame waits, is sent when the window has room, and is in flight until the other side says that it arrived. When the
 * connection is lost, what was in flight may or may not have arrived: it is counted as lost and never sent again. What
 * waited stays. At the bound the newest is refused, which keeps the order of those before it.
 */

export interface OutboxOptions {
  /** Frames that may wait. */
  readonly maxMessages?: number;
  /** Bytes that may wait; one frame may always wait, whatever its size. */
  readonly maxBytes?: number;
  /** Bytes in flight; one frame may always be. Bounds what a killed target takes with it. */
  readonly windowBytes?: number;
  /** Sends are collected until the end of the loop's turn: one write for many small messages. */
  readonly later?: (work: () => void) => void;
}

export interface Outbox {
  /** False when the frame was refused because the queue is full. */
  offer(frame: Buffer): boolean;
  /** A connection is there; `write` gets whole frames, in pieces of one or more. */
  attach(write: (pieces: readonly Buffer[]) => void): void;
  /** The connection is lost. */
  detach(): void;
  /** The other side has received so many frames since `attach`. */
  arrived(count: number): void;
  /** Gives up everything that waits or is in flight. */
  discard(): void;
  readonly attached: boolean;
  readonly queued: number;
  readonly sent: number;
  readonly dropped: number;
  /** Resolves once nothing waits and nothing is in flight; at once when that is so already. */
  empty(): Promise<void>;
}

/** Smaller frames are written as one: a write of its own costs more than the copy. */
const joinBelowBytes = 4096;

export function createOutbox(options: OutboxOptions = {}): Outbox {
  const {
    maxMessages = 200_000,
    maxBytes = 64 * 1024 * 1024,
    windowBytes = 4 * 1024 * 1024,
    later = (work) => void setImmediate(work),
  } = options;
  let waiting: Buffer[] = [];
  let next = 0;
  let waitingBytes = 0;
  let flying: number[] = [];
  let landed = 0;
  let flyingBytes = 0;
  let acknowledged = 0;
  let sent = 0;
  let dropped = 0;
  let scheduled = false;
  let write: ((pieces: readonly Buffer[]) => void) | null = null;
  const waiters: (() => void)[] = [];

  const flyingCount = (): number => flying.length - landed;
  const queued = (): number => waiting.length - next;

  const tellIfEmpty = (): void => {
    if (queued() > 0 || flyingCount() > 0) return;
    for (const done of waiters.splice(0)) done();
  };

  const flush = (): void => {
    scheduled = false;
    if (write === null) return;
    const batch: Buffer[] = [];
    let small: Buffer[] = [];
    const join = (): void => {
      if (small.length > 0) batch.push(Buffer.concat(small));
      small = [];
    };
    while (next < waiting.length) {
      const frame = waiting[next];
      if (frame === undefined || (flyingCount() > 0 && flyingBytes + frame.length > windowBytes)) break;
      next += 1;
      waitingBytes -= frame.length;
      flying.push(frame.length);
      flyingBytes += frame.length;
      sent += 1;
      if (frame.length < joinBelowBytes) small.push(frame);
      else {
        join();
        batch.push(frame);
      }
    }
    join();
    if (next > 1024 && next * 2 > waiting.length) {
      waiting = waiting.slice(next);
      next = 0;
    }
    if (batch.length > 0) write(batch);
  };

  const schedule = (): void => {
    if (scheduled || write === null || next >= waiting.length) return;
    scheduled = true;
    later(flush);
  };

  const loseFlying = (): void => {
    dropped += flyingCount();
    flying = [];
    landed = 0;
    flyingBytes = 0;
  };

  return {
    offer(frame) {
      const count = queued();
      if (count > 0 && (count >= maxMessages || waitingBytes + frame.length > maxBytes)) {
        dropped += 1;
        return false;
      }
      waiting.push(frame);
      waitingBytes += frame.length;
      schedule();
      return true;
    },
    attach(writer) {
      loseFlying();
      acknowledged = 0;
      write = writer;
      schedule();
    },
    detach() {
      write = null;
      loseFlying();
      tellIfEmpty();
    },
    arrived(count) {
      for (; acknowledged < count && flyingCount() > 0; acknowledged += 1) {
        flyingBytes -= flying[landed] ?? 0;
        landed += 1;
      }
      if (landed > 1024 && landed * 2 > flying.length) {
        flying = flying.slice(landed);
        landed = 0;
      }
      schedule();
      tellIfEmpty();
    },
    discard() {
      dropped += queued();
      waiting = [];
      next = 0;
      waitingBytes = 0;
      loseFlying();
      tellIfEmpty();
    },
    get attached() {
      return write !== null;
    },
    get queued() {
      return queued();
    },
    get sent() {
      return sent;
    },
    get dropped() {
      return dropped;
    },
    empty: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        tellIfEmpty();
      }),
  };
}
