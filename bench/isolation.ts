/**
 * What one tab's fault costs the others: gaps in a 50 ms ticker and the editor's answers, beside stock Node-RED. About 4 minutes.
 *
 * Each fault is run in a fresh stock Node-RED and in one Bulkhead that lives through all of them. `gapP999Ratio` is
 * Bulkhead's 99.9th percentile against its own quiet run; `stock…` is the same flow in node-red 5.0.7.
 */
import { startBulkhead } from '../test/support/bulkhead.ts';
import { until } from '../test/support/until.ts';
import { faultFlows, faults, pressId } from './support/fault-flows.ts';
import { printFigure, quantile, round } from './support/figures.ts';
import { startStockNodeRed } from './support/stock-node-red.ts';
import { type TickerWatch, watchTicker } from './support/ticker.ts';

const quietMs = 15_000;
/** Longer than the default hang limit of 10 s and a restart. */
const observeMs = (fault: string): number => (fault === 'endless loop' ? 14_000 : 7_000);

interface Observation {
  readonly gaps: number[];
  readonly answersMs: number[];
  readonly failures: number;
}

/** Watches for a while: the ticker's gaps, and GET /settings every 50 ms with an answer within 5 s. */
async function observe(url: string, ticker: TickerWatch, forMs: number): Promise<Observation> {
  const answersMs: number[] = [];
  let failures = 0;
  const end = performance.now() + forMs;
  const asked: Promise<void>[] = [];
  ticker.takeGaps();
  while (performance.now() < end) {
    const from = performance.now();
    asked.push(
      fetch(`${url}/settings`, { signal: AbortSignal.timeout(5_000) }).then(
        async (response) => {
          await response.arrayBuffer();
          answersMs.push(performance.now() - from);
        },
        () => {
          failures += 1;
        },
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Promise.all(asked);
  return { gaps: ticker.takeGaps(), answersMs, failures };
}

function summary({ gaps, answersMs, failures }: Observation) {
  return {
    gapP999Ms: round(quantile(gaps, 0.999)),
    gapMaxMs: round(Math.max(...gaps)),
    editorP99Ms: answersMs.length > 0 ? round(quantile(answersMs, 0.99)) : null,
    editorFailures: failures,
  };
}

const press = (url: string, fault: string): Promise<unknown> =>
  fetch(`${url}/inject/${pressId(fault)}`, { method: 'POST', signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );

async function inStock(fault: string) {
  const ticker = await watchTicker();
  const stock = await startStockNodeRed(faultFlows(ticker.port));
  try {
    await ticker.next(20_000);
    const observed = observe(stock.url, ticker, observeMs(fault));
    void press(stock.url, fault);
    return { ...summary(await observed), died: !stock.alive };
  } finally {
    await stock.stop();
    ticker.close();
  }
}

const ticker = await watchTicker();
const bulkhead = await startBulkhead({ flows: faultFlows(ticker.port), settings: 'plant:\n  enabled: false\n' });
try {
  await ticker.next(20_000);
  const quiet = summary(await observe(bulkhead.url, ticker, quietMs));
  printFigure({ bench: 'isolation', fault: 'none', ...quiet });
  for (const fault of Object.keys(faults)) {
    const { restarts: before } = await bulkhead.compartmentOfTab('Faults');
    const observed = observe(bulkhead.url, ticker, observeMs(fault));
    void press(bulkhead.url, fault);
    const ours = summary(await observed);
    await until(async () => (await bulkhead.compartmentOfTab('Faults')).state === 'running', {
      deadlineMs: 60_000,
      what: 'the faulty tab runs again',
    });
    const after = await bulkhead.compartmentOfTab('Faults');
    const theirs = await inStock(fault);
    printFigure({
      bench: 'isolation',
      fault,
      ...ours,
      gapP999Ratio: round(ours.gapP999Ms / quiet.gapP999Ms),
      restarts: after.restarts - before,
      reason: after.restarts > before ? (after.lastExit?.reason ?? null) : null,
      stockGapMaxMs: theirs.gapMaxMs,
      stockEditorP99Ms: theirs.editorP99Ms,
      stockEditorFailures: theirs.editorFailures,
      stockDied: theirs.died,
      gapMaxRatioToStock: round(ours.gapMaxMs / theirs.gapMaxMs, 3),
    });
  }
} finally {
  await bulkhead.stop();
  ticker.close();
}
