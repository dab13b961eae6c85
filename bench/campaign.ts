/**
 * Seeded faults of every kind in 20 compartments under load (arguments: seed, number of faults, compartments): what the healthy ones, the editor, keeper and supervisor noticed. About 10 minutes.
 *
 * Ends with 1 where a reason was wrong, something else was touched, or anything was left behind. Times are figures:
 * `gapRatio` is the 99.9th percentile of the healthy tabs' gaps against the quiet house's.
 */
import { runCampaign } from '../test/support/campaign/campaign.ts';
import { printFigure, quantile, round } from './support/figures.ts';

const [seed = Math.floor(Math.random() * 1e6), faults = 200, tabs = 20] = process.argv.slice(2).map(Number);

const { quietGaps, outcomes, exitCode, left } = await runCampaign({
  tabs,
  seed,
  faults,
  quietMs: 15_000,
  // The usual limit: on a machine that stands still for three seconds every process does.
  hangMs: 10_000,
  onFault: ({ kind, victim, complaints, backAfterMs, gaps, editorMs }) => {
    const longest = `longest gap ${Math.round(Math.max(...gaps))} ms, editor ${Math.round(Math.max(0, ...editorMs))} ms`;
    console.log(`      ${kind}, ${victim}: back after ${Math.round(backAfterMs)} ms, ${longest}`);
    for (const complaint of complaints) console.log(`        WRONG: ${complaint}`);
  },
});

const quietP999 = quantile(quietGaps, 0.999);
const gaps = outcomes.flatMap((outcome) => outcome.gaps);
const editorMs = outcomes.flatMap((outcome) => outcome.editorMs);
const wrong = outcomes.filter(({ complaints }) => complaints.length > 0).length;
printFigure({
  bench: 'campaign',
  seed,
  faults: outcomes.length,
  tabs,
  wrong,
  quietGapP999Ms: round(quietP999),
  gapP999Ms: round(quantile(gaps, 0.999)),
  gapRatio: round(quantile(gaps, 0.999) / quietP999),
  gapMaxMs: round(Math.max(...gaps)),
  editorP99Ms: round(quantile(editorMs, 0.99)),
  exitCode,
  processesLeft: left.length,
});
const quarter = Math.max(1, Math.floor(outcomes.length / 4));
for (const name of ['keeper', 'supervisor'] as const) {
  const of = (part: typeof outcomes, what: 'descriptors' | 'rssMb'): number =>
    round(
      quantile(
        part.map((outcome) => outcome[name][what]),
        0.5,
      ),
    );
  const [first, last] = [outcomes.slice(0, quarter), outcomes.slice(-quarter)];
  printFigure({
    bench: 'campaign',
    process: name,
    descriptorsFirstQuarter: of(first, 'descriptors'),
    descriptorsLastQuarter: of(last, 'descriptors'),
    rssMbFirstQuarter: of(first, 'rssMb'),
    rssMbLastQuarter: of(last, 'rssMb'),
  });
}
process.exitCode = wrong > 0 || left.length > 0 || exitCode !== 0 ? 1 : 0;
