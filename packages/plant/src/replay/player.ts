import type { Recording, RecordingRow } from './recording.ts';

/** What must be seen before row 1: a column monitored, a row read over Modbus, one of the two, or both. */
export type WaitFor = 'nobody' | 'any' | 'opcua' | 'modbus' | 'both';

export interface PlayerOptions {
  speed: number;
  waitFor: WaitFor;
  /** A row stays at least until it was read over Modbus. */
  holdUntilRead: boolean;
  /** Milliseconds that row 0 stays after the last column was first monitored, or the first row read. */
  settleMs: number;
}

export interface Player {
  /** Row 0 is shown, the rest follows. */
  start(): void;
  /** A column is monitored for the first time. */
  monitored(): void;
  /** The present row was read over Modbus. */
  read(): void;
  /** Stays at the present row for ever. */
  stop(): void;
}

/** The waiting that a player needs; a manual clock fits too. */
export interface PlayerClock {
  /** Milliseconds from anywhere. */
  now(): number;
  setTimeout(fn: () => void, ms: number): { cancel(): void };
}

const steadyClock: PlayerClock = {
  now: () => performance.now(),
  setTimeout(fn, ms) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A gap in a recording longer than this many times its usual step is not waited out. */
const mostSteps = 10;

/** Delays in milliseconds before each row at speed 1, from the row before. */
export function delaysOf(rows: readonly RecordingRow[]): number[] {
  const steps = rows.map((row, index) => Math.max(0, row.time - (rows[index - 1] ?? row).time));
  const sorted = steps.slice(1).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return steps.map((step) => Math.min(step, usual * mostSteps));
}

/** Shows the rows of a recording one after another, each when it is due. `done` follows the last by its own delay. */
export function createPlayer(
  { rows }: Recording,
  options: PlayerOptions,
  show: (row: RecordingRow, index: number) => void,
  done: () => void,
  clock: PlayerClock = steadyClock,
): Player {
  const delays = delaysOf(rows);
  let index = -1;
  let due = 0;
  let timer: { cancel(): void } | undefined;
  let isMonitored = false;
  let rowsRead = 0;
  let presentRead = false;
  let running = false;
  let stopped = false;

  function showNext(): void {
    const row = rows[index + 1];
    if (row === undefined) {
      stopped = true;
      done();
      return;
    }
    index += 1;
    presentRead = false;
    show(row, index);
  }

  function step(): void {
    if (stopped) return;
    if (clock.now() < due || (options.holdUntilRead && !presentRead)) {
      schedule();
      return;
    }
    showNext();
    // A row that had to wait for its reader puts the rest off; a late timer does not.
    const delay = (delays[index + 1] ?? delays.at(-1) ?? 0) / options.speed;
    due = options.holdUntilRead ? Math.max(due, clock.now() - delay) + delay : due + delay;
    schedule();
  }

  function schedule(): void {
    timer?.cancel();
    const wait = due - clock.now();
    if (wait <= 0 && options.holdUntilRead && !presentRead) return;
    timer = clock.setTimeout(step, Math.max(0, wait));
  }

  function begin(): void {
    if (stopped || !mayBegin()) return;
    running = true;
    due = clock.now() + (options.waitFor === 'nobody' ? 0 : options.settleMs) + (delays[1] ?? 0) / options.speed;
    schedule();
  }

  function mayBegin(): boolean {
    switch (options.waitFor) {
      case 'nobody':
        return true;
      case 'any':
        return isMonitored || rowsRead > 0;
      case 'opcua':
        return isMonitored;
      case 'modbus':
        return rowsRead > 0;
      case 'both':
        return isMonitored && rowsRead > 0;
    }
  }

  return {
    start() {
      showNext();
      begin();
    },
    monitored() {
      isMonitored = true;
      // A client names its columns one by one: the others shall see row 0 as well.
      if (index === 0 && options.waitFor !== 'nobody') begin();
    },
    read() {
      rowsRead += 1;
      const first = !presentRead;
      presentRead = true;
      if (!running) begin();
      if (first && running && options.holdUntilRead) schedule();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
