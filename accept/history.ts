import * as v from 'valibot';
import type { Bulkhead } from '../test/support/bulkhead.ts';

const storedSample = v.object({
  topic: v.string(),
  value: v.nullable(v.union([v.number(), v.string(), v.boolean()])),
  quality: v.string(),
  /** Epoch milliseconds. */
  sourceTime: v.number(),
});

const answer = v.object({ truncated: v.boolean(), samples: v.array(storedSample) });

/** A reading as `historian-query` gives it. */
export type StoredSample = v.InferOutput<typeof storedSample>;

/** Where the generated flow answers. */
export const historyPath = '/acceptance/history';
/** Where it takes a sample that goes the whole way to the historian. */
export const probePath = '/acceptance/probe';

/** Every time that a recording may have: years 1 to 9999. */
export const earliest = -62_135_596_800_000;
export const latest = 253_402_300_799_000;

const samplesPerPage = 20_000;
/** The resolution of the historian. */
const microsecond = 0.001;

export interface HistoryQuestion {
  readonly topics: readonly string[];
  /** Belongs to the range; `to` does not. */
  readonly from: number;
  readonly to: number;
  /** The newest this many. */
  readonly limit: number;
}

/** Asks the flow behind `historyPath` once. */
export async function askHistory(
  { request }: Pick<Bulkhead, 'request'>,
  question: HistoryQuestion,
): Promise<v.InferOutput<typeof answer>> {
  const response = await request(historyPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...question, aggregate: 'raw', output: 'samples' }),
    signal: AbortSignal.timeout(60_000),
  });
  return v.parse(answer, await response.json());
}

/** Everything in a range, page by page, the newest first; within a page the oldest first. */
export async function readHistory(
  http: Pick<Bulkhead, 'request'>,
  topics: readonly string[],
  from: number,
  to: number,
): Promise<StoredSample[]> {
  const pages: StoredSample[][] = [];
  let end = to;
  for (;;) {
    const { samples, truncated } = await askHistory(http, { topics, from, to: end, limit: samplesPerPage });
    const [oldest] = samples;
    if (!truncated || oldest === undefined) return [samples, ...pages].flat();
    // The oldest time of a page may be cut in two: it belongs to the next one.
    const whole = samples.filter(({ sourceTime }) => sourceTime > oldest.sourceTime);
    if (whole.length === 0) throw new Error(`more than ${samplesPerPage} samples at ${oldest.sourceTime}`);
    pages.unshift(whole);
    end = oldest.sourceTime + microsecond;
  }
}
