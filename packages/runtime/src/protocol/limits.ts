/** The limits of one compartment: their names, bounds and defaults, for everybody who reads, sets or shows them. */

export interface LimitBounds {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
  /** In words of an error message. */
  readonly unit: string;
  /** When a change takes effect. */
  readonly from: 'now' | 'next start';
}

const perSecond = { least: 1, most: 100_000, usual: 200, from: 'now' } as const;

export const limitBounds = {
  /** V8 old space. */
  heapMb: { least: 32, most: 1_048_576, usual: 256, unit: 'MB', from: 'next start' },
  /** Resident memory, Buffers included. */
  rssMb: { least: 96, most: 1_048_576, usual: 1024, unit: 'MB', from: 'now' },
  /** Silence of the event loop that counts as a hang. */
  hangMs: { least: 1_000, most: 3_600_000, usual: 10_000, unit: 'ms', from: 'now' },
  /** Of one core; 200 is two cores. Starting alone takes 130 for a moment. */
  cpuPercent: { least: 5, most: 102_400, usual: 200, unit: 'percent', from: 'now' },
  /** Open file descriptors, sockets included. */
  openFiles: { least: 64, most: 1_048_576, usual: 4_096, unit: 'files', from: 'now' },
  logPerSecond: { ...perSecond, unit: 'lines' },
  debugPerSecond: { ...perSecond, unit: 'messages' },
} as const satisfies Readonly<Record<string, LimitBounds>>;

export type LimitName = keyof typeof limitBounds;
export type Limits = Readonly<Record<LimitName, number>>;

/** One value for each limit. */
export function perLimit<T>(make: (bounds: LimitBounds, name: LimitName) => T): Record<LimitName, T> {
  const of = (name: LimitName): T => make(limitBounds[name], name);
  return {
    heapMb: of('heapMb'),
    rssMb: of('rssMb'),
    hangMs: of('hangMs'),
    cpuPercent: of('cpuPercent'),
    openFiles: of('openFiles'),
    logPerSecond: of('logPerSecond'),
    debugPerSecond: of('debugPerSecond'),
  };
}

export const usualLimits: Limits = perLimit(({ usual }) => usual);

/** The limits of `limits` that differ from `others`. */
export function differingLimits(limits: Limits, others: Limits): Partial<Limits> {
  const names = Object.values(perLimit((_bounds, name) => name));
  const own: Partial<Record<LimitName, number>> = {};
  for (const name of names) if (limits[name] !== others[name]) own[name] = limits[name];
  return own;
}

/**
 * What sees that a compartment keeps within a limit: the kernel, whether the keeper told it or a container engine, or the
 * supervisor, which looks once a second.
 */
export type Enforcer = 'cgroup-v2' | 'cgroup-v1' | 'engine' | 'watchdog';

export interface LimitsBy {
  readonly memory: Enforcer;
  readonly cpu: Enforcer;
}

export const watchdogOnly: LimitsBy = { memory: 'watchdog', cpu: 'watchdog' };
/** In a container. */
export const byEngine: LimitsBy = { memory: 'engine', cpu: 'engine' };
