/**
 * What one compartment has for another: frames in order, bounded, sent at most once.
 *
 * A frame waits, is sent when the window has room, and is in flight until the other side says that it arrived. When the
 * connection is lost, what was in flight may or may not have arrived: it is counted as lost and never sent again. What
 * waited stays. At the bound the newest is refused, which keeps the order of those before it.
 */
import { FrameSlab } from './frame-slab.ts';

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
  /** Frames are written here. Of its own: what waits keeps the memory around it, and for one pair that is as bounded. */
  readonly slab: FrameSlab;
  /** Takes the frame that was written into the slab last. False when it was refused because the queue is full. */
  offer(): boolean;
  /** A connection is there; `write` gets whole frames, in pieces of one or more: all that lie behind each other in memory. */
  attach(write: Write): void;
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

/** Calls `written` once it needs the pieces no more. */
type Write = (pieces: readonly Buffer[], written: () => void) => void;

/** Frames that lie behind each other in memory. */
interface Stretch {
  readonly buffer: Buffer;
  start: number;
  end: number;
}

export function createOutbox(options: OutboxOptions = {}): Outbox {
  const {
    maxMessages = 200_000,
    maxBytes = 64 * 1024 * 1024,
    windowBytes = 4 * 1024 * 1024,
    later = (work) => void setImmediate(work),
  } = options;
  const slab = new FrameSlab();
  let waiting: Stretch[] = [];
  /** The memory of the newest frame, and such of older frames as may be used again after the next write. */
  let newest = slab.buffer;
  let spent: Buffer[] = [];
  let waitingBytes = 0;
  /** Sizes of all frames that have not arrived, oldest first: those before `next` are in flight, those before `landed` have arrived. */
  let sizes: number[] = [];
  let next = 0;
  let landed = 0;
  let flyingBytes = 0;
  let acknowledged = 0;
  let sent = 0;
  let dropped = 0;
  let scheduled = false;
  let write: Write | null = null;
  const waiters: (() => void)[] = [];

  const flyingCount = (): number => next - landed;
  const queued = (): number => sizes.length - next;

  const tellIfEmpty = (): void => {
    if (queued() > 0 || flyingCount() > 0) return;
    for (const done of waiters.splice(0)) done();
  };

  /** The next `bytes` of what waits. */
  const cut = (bytes: number): Buffer[] => {
    const pieces: Buffer[] = [];
    let used = 0;
    for (let left = bytes; left > 0; ) {
      const stretch = waiting[used];
      if (stretch === undefined) break;
      const end = Math.min(stretch.end, stretch.start + left);
      pieces.push(stretch.buffer.subarray(stretch.start, end));
      left -= end - stretch.start;
      stretch.start = end;
      if (end < stretch.end) break;
      used += 1;
      if (stretch.buffer !== newest && stretch.buffer !== waiting[used]?.buffer) spent.push(stretch.buffer);
    }
    waiting.splice(0, used);
    return pieces;
  };

  const flush = (): void => {
    scheduled = false;
    if (write === null) return;
    let bytes = 0;
    for (; next < sizes.length; next += 1) {
      const size = sizes[next] ?? 0;
      if (flyingCount() > 0 && flyingBytes + size > windowBytes) break;
      bytes += size;
      flyingBytes += size;
      sent += 1;
    }
    if (bytes === 0) return;
    waitingBytes -= bytes;
    const pieces = cut(bytes);
    const free = spent;
    spent = [];
    write(pieces, () => {
      for (const buffer of free) slab.giveBack(buffer);
    });
  };

  const schedule = (): void => {
    if (scheduled || write === null || queued() === 0) return;
    scheduled = true;
    later(flush);
  };

  const loseFlying = (): void => {
    dropped += flyingCount();
    sizes = sizes.slice(next);
    next = 0;
    landed = 0;
    flyingBytes = 0;
  };

  return {
    slab,
    offer() {
      const { buffer, start, end } = slab;
      const count = queued();
      const bytes = end - start;
      if (count > 0 && (count >= maxMessages || waitingBytes + bytes > maxBytes)) {
        slab.undo();
        dropped += 1;
        return false;
      }
      const last = waiting.at(-1);
      if (buffer !== newest) {
        if (last?.buffer !== newest) spent.push(newest);
        newest = buffer;
      }
      if (last?.buffer === buffer && last.end === start) last.end = end;
      else waiting.push({ buffer, start, end });
      sizes.push(bytes);
      waitingBytes += bytes;
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
        flyingBytes -= sizes[landed] ?? 0;
        landed += 1;
      }
      if (landed > 1024 && landed * 2 > sizes.length) {
        sizes = sizes.slice(landed);
        next -= landed;
        landed = 0;
      }
      schedule();
      tellIfEmpty();
    },
    discard() {
      dropped += queued() + flyingCount();
      waiting = [];
      sizes = [];
      next = 0;
      landed = 0;
      waitingBytes = 0;
      flyingBytes = 0;
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
