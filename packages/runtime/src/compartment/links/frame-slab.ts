/**
 * Memory that frames are written into one behind the other, so that what leaves in one turn of the loop is one piece:
 * a buffer of its own for every message would be collected one by one, and written one by one.
 *
 * What was written to the socket is used again. V8 counts the bytes of buffers as if they were on its heap: fresh memory
 * for 10 kB messages had it mark the whole heap every thousand of them, which took more time than all the rest.
 */

const headerBytes = 4;

/** Untouched pages of it cost nothing. */
const slabBytes = 256 * 1024;

/** Bounds what is kept for use again, 32 MiB, and how long after the last burst. */
const maxSpare = 128;
const spareForMs = 5_000;

export class FrameSlab {
  buffer: Buffer = Buffer.alloc(0);
  /** Where the last frame begins and ends. */
  start = 0;
  end = 0;
  #spare: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Where the payload of the next frame begins; there is room for `bytes` of it in `buffer`. */
  reserve(bytes: number): number {
    this.start = this.end;
    if (this.end + headerBytes + bytes > this.buffer.length) {
      this.buffer = this.#memory(headerBytes + bytes);
      this.start = 0;
    }
    return this.start + headerBytes;
  }

  /** The payload that was begun ends before `end`. */
  finish(end: number): void {
    this.buffer.writeUInt32BE(end - this.start - headerBytes, this.start);
    this.end = end;
  }

  /** The last frame was never there: nobody holds it, so its place is the next one's. */
  undo(): void {
    this.end = this.start;
  }

  /** A whole frame that was made elsewhere: copied if it is small, else its memory is the slab until the next. */
  take(frame: Buffer): void {
    if (frame.length > slabBytes / 4) {
      this.buffer = frame;
      this.start = 0;
    } else {
      this.reserve(frame.length);
      this.buffer.set(frame, this.start);
    }
    this.end = this.start + frame.length;
  }

  /** Nobody reads this memory any more; it may be that of this slab's earlier frames, or any other. */
  giveBack(buffer: Buffer): void {
    if (buffer.length !== slabBytes || buffer === this.buffer || this.#spare.length >= maxSpare) return;
    this.#spare.push(buffer);
    if (this.#timer !== undefined) return void this.#timer.refresh();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#spare = [];
    }, spareForMs);
    this.#timer.unref();
  }

  #memory(bytes: number): Buffer {
    const used = bytes > slabBytes ? undefined : this.#spare.pop();
    return used ?? Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
  }
}
