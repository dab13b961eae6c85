/**
 * Which messages there is time to note: in ordinary flows all. Of a flood it takes a sample, because noting a message
 * costs as much as a node needs to handle it.
 */
export interface Pace {
  /** Whether the message that comes now is noted. */
  takes(): boolean;
}

export interface PaceOptions {
  /** Whatever it costs. */
  readonly takesAll?: boolean;
  /** More in `windowMs` are a flood. */
  readonly perWindow?: number;
  /** In each further window of a flood. */
  readonly inFlood?: number;
  readonly windowMs?: number;
  readonly later?: (work: () => void, ms: number) => void;
}

const unwatched = (work: () => void, ms: number): void => void setTimeout(work, ms).unref();

/** No clock is looked at: a window begins with its first message and a timer ends it. */
export function createPace(options: PaceOptions): Pace {
  const { takesAll = false, perWindow = 200, inFlood = 5, windowMs = 100, later = unwatched } = options;
  let left = perWindow;
  let came = 0;
  let isOpen = false;

  const open = (): void => {
    isOpen = true;
    later(close, windowMs);
  };
  const close = (): void => {
    const isFlood = came > perWindow;
    left = isFlood ? inFlood : perWindow;
    came = 0;
    isOpen = false;
    if (isFlood) open();
  };
  return {
    takes() {
      if (takesAll) return true;
      if (!isOpen) open();
      came += 1;
      if (left === 0) return false;
      left -= 1;
      return true;
    },
  };
}
