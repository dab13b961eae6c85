/** What the comparison of one protocol came to. */
export interface ProtocolVerdict {
  readonly protocol: 'OPC UA' | 'Modbus';
  /** Rows in the file, and how many of them came back as a whole and equal. */
  readonly rows: number;
  readonly equalRows: number;
  /** Reads of the whole block that were answered; only where the protocol is polled. */
  readonly snapshots?: number;
  /** Values and times that were held against the file. */
  readonly compared: number;
  readonly differing: number;
  /** Values that should be there and are not. */
  readonly missing: number;
  /** The first differences and missing values, in words. */
  readonly examples: readonly string[];
  /** Something the reader of the figures has to know. */
  readonly note?: string;
}

export interface Verdict {
  readonly passed: boolean;
  readonly protocols: readonly (ProtocolVerdict & { readonly seconds: number })[];
}

const mostExamples = 10;

/** Counts what is compared and keeps the first differences. */
export interface Tally {
  compared(count?: number): void;
  differs(what: string): void;
  missing(what: string): void;
  result(): Pick<ProtocolVerdict, 'compared' | 'differing' | 'missing' | 'examples'>;
}

export function createTally(): Tally {
  let compared = 0;
  let differing = 0;
  let missing = 0;
  const examples: string[] = [];
  const note = (what: string): void => {
    if (examples.length < mostExamples) examples.push(what);
  };
  return {
    compared(count = 1) {
      compared += count;
    },
    differs(what) {
      differing += 1;
      note(what);
    },
    missing(what) {
      missing += 1;
      note(what);
    },
    result: () => ({ compared, differing, missing, examples }),
  };
}

/** True when every row came back and nothing differs. */
export function isGood({ rows, equalRows, compared, differing, missing }: ProtocolVerdict): boolean {
  return rows > 0 && equalRows === rows && compared > 0 && differing === 0 && missing === 0;
}

/** One line per protocol, the first differences, and PASS or FAIL. */
export function verdictLines({ passed, protocols }: Verdict): string[] {
  const lines = protocols.map((verdict) => {
    const { protocol, rows, equalRows, snapshots, compared, differing, missing, seconds, note } = verdict;
    const reads = snapshots === undefined ? '' : ` in ${snapshots} reads`;
    const figures = `${equalRows} of ${rows} rows${reads}, ${compared} values compared, ${differing} differing, ${missing} missing`;
    return `${protocol}: ${figures}, ${seconds.toFixed(1)} s${note === undefined ? '' : ` (${note})`}`;
  });
  const examples = protocols
    .flatMap(({ protocol, examples: some }) => some.map((what) => `  ${protocol}: ${what}`))
    .slice(0, mostExamples);
  return [...lines, ...examples, passed ? 'PASS' : 'FAIL'];
}
