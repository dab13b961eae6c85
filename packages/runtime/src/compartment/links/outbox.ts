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
  /** A connection is there; `write` gets one or more whole frames. */
  attach(write: (frames: Buffer) => void): void;
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

/** Small frames are written as one: a system call costs more than the copy. */
const joinBelowBytes = 1024 * 1024;

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
  let write: ((frames: Buffer) => void) | null = null;
  let waiters: (() => void)[] = [];

  const flyingCount = (): number => flying.length - landed;
  const queued = (): number => waiting.length - next;

  const tellIfEmpty = (): void => {
    if (queued() > 0 || flyingCount() > 0) return;
    for (const done of waiters.splice(0)) done();
  };

  const flush = (): void => {
    scheduled = false;
    if (write === null) return;
    let batch: Buffer[] = [];
    let batchBytes = 0;
    while (next < waiting.length) {
      const frame = waiting[next];
      if (frame === undefined || (flyingCount() > 0 && flyingBytes + frame.length > windowBytes)) break;
      next += 1;
      waitingBytes -= frame.length;
      flying.push(frame.length);
      flyingBytes += frame.length;
      sent += 1;
      batch.push(frame);
      batchBytes += frame.length;
    }
    if (next > 1024 && next * 2 > waiting.length) {
      waiting = waiting.slice(next);
      next = 0;
    }
    const [only] = batch;
    if (only === undefined) return;
    if (batch.length === 1) write(only);
    else if (batchBytes <= joinBelowBytes) write(Buffer.concat(batch, batchBytes));
    else for (const frame of batch) write(frame);
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
