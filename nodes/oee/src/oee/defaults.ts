/** What a new OEE node starts with; also the complete list of its properties in a flow file. */
export const oeeDefaults = {
  name: '',
  version: 1,
  stateTopic: '',
  /** PackML Execute. */
  runningStates: '6',
  plannedStates: '',
  totalTopic: '',
  secondCounter: 'reject',
  secondTopic: '',
  counterWidth: '16',
  maxStep: 1000,
  idealCycleS: 1,
  windowLength: 1,
  windowUnit: 'h',
  windowOffsetMin: 0,
  microStopS: 10,
  graceS: 5,
  closing: 'clock',
  currentS: 5,
  resultTopic: '',
} as const;

export const SECOND_COUNTERS = ['reject', 'good', 'none'] as const;
export const COUNTER_WIDTHS = ['16', '32', 'none'] as const;
export const WINDOW_UNITS = ['s', 'min', 'h'] as const;
export const CLOSINGS = ['clock', 'source'] as const;

/** What a person may enter. */
export const oeeLimits = {
  maxStep: { min: 1, max: 4_294_967_295 },
  idealCycleS: { min: 0.000_001, max: 86_400 },
  windowLength: { min: 1, max: 86_400, whole: true },
  windowOffsetMin: { min: -1440, max: 1440, whole: true },
  microStopS: { min: 0, max: 3600 },
  graceS: { min: 0, max: 3600 },
  /** 0: no running value. */
  currentS: { min: 0, max: 3600 },
} as const;
