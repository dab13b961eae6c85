/**
 * Which messages there is time to note: in ordinary flows all, and a good many at once. Of a flood it takes a sample,
 * because noting a message can cost as much as a node needs to handle it.
 */
export interface Pace {
  /** Whether the message that comes now is noted. */
  takes(): boolean;
  /** It takes none before the window has ended: nobody need ask, if who counts tells how many came. */
  readonly isSpent: boolean;
  /** So many came that it was not asked about. */
  came(messages: number): void;
}

export interface PaceOptions {
  /** More are a flood. */
  readonly perSecond: number;
  /** After a rest. */
  readonly atOnce: number;
  /** Whatever it costs. */
  readonly takesAll?: boolean;
  /** A window ends. */
  readonly onWindow?: () => void;
  readonly later?: (work: () => void, ms: number) => void;
  readonly now?: () => number;
}

const windowMs = 100;
/** In each window of a flood. */
const sample = 2;

const unwatched = (work: () => void, ms: number): void => void setTimeout(work, ms).unref();

/** The clock is not looked at for each message: a window begins with its first one and a timer ends it. */
export function createPace(options: PaceOptions): Pace {
  const { perSecond, atOnce, takesAll = false, later = unwatched, now = () => performance.now(), onWindow } = options;
  const perWindow = (perSecond * windowMs) / 1_000;
  let left = atOnce;
  let came = 0;
  let isOpen = false;
  let closedAt = now();

  const refill = (ms: number): void => {
    left = Math.min(atOnce, left + (ms / 1_000) * perSecond);
  };
  const open = (): void => {
    isOpen = true;
    later(close, windowMs);
  };
  const close = (): void => {
    onWindow?.();
    const isFlood = came > perWindow;
    if (!isFlood) refill(windowMs);
    else if (left < 1) left = sample;
    isOpen = false;
    closedAt = now();
    came = 0;
    if (isFlood) open();
  };
  return {
    get isSpent() {
      return isOpen && left < 1;
    },
    came(messages) {
      came += messages;
    },
    takes() {
      if (takesAll) return true;
      if (!isOpen) {
        refill(now() - closedAt);
        open();
      }
      came += 1;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
