import { InstallError, ensureInstalled } from '../bootstrap/install.mjs';
import { build } from '../bootstrap/run.mjs';
import { counterpartsFor } from './counterparts.mjs';
import { runLayer, specsOf } from './layer.mjs';

/** How many mochas run at a time, once the unit tests are over: most tests wait for processes and networks. */
const atOnce = 2;
/** What can take long first, so that both end at about the same time. `runtime` is cut, for it is the longest. */
const order = [
  { layer: 'browser' },
  ...parts('runtime', 4),
  { layer: 'wire' },
  { layer: 'nodes' },
  { layer: 'compatibility' },
];
const layers = ['unit', 'nodes', 'wire', 'runtime', 'compatibility', 'browser'];
const strict = process.env.CI === 'true' || process.env.CI === '1';

function finish({ passed, failed }) {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}

/** Splits the command line at the first flag: layers before it, mocha's flags from it on. */
function parseArguments(args) {
  const flagsFrom = args.findIndex((arg) => arg.startsWith('-'));
  const wanted = flagsFrom < 0 ? args : args.slice(0, flagsFrom);
  const unknown = wanted.filter((layer) => !layers.includes(layer));
  if (unknown.length > 0) {
    console.error(`no such layer: ${unknown.join(', ')}; there are ${layers.join(', ')}`);
    process.exit(64);
  }
  return { wanted: wanted.length > 0 ? wanted : layers, flags: flagsFrom < 0 ? [] : args.slice(flagsFrom) };
}

const { wanted, flags } = parseArguments(process.argv.slice(2));
const total = { passed: 0, failed: 0 };

try {
  await ensureInstalled();
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  console.error(error.message);
  finish({ passed: 0, failed: 1 });
}

if (wanted.some((layer) => layer !== 'unit') && build() !== 0) {
  console.error('the build failed, no test was run');
  finish({ passed: 0, failed: 1 });
}

/** The layers of `wanted` that can be run: their counterparts are there, or were installed. */
function runnable(wanted) {
  return wanted.filter((layer) => {
    if (specsOf(layer).length === 0) {
      console.error(`${layer}: no tests`);
      return false;
    }
    const missing = counterpartsFor(layer);
    for (const line of missing) console.error(`${layer}: ${line}`);
    if (missing.length === 0) return true;
    console.error(`${layer}: ${strict ? 'failed' : 'left out'}, see above`);
    if (strict) total.failed += 1;
    return false;
  });
}

/** The spec files of a layer, in `of` parts of about the same length. */
function parts(layer, of) {
  return Array.from({ length: of }, (_, at) => ({ layer, part: { at, of } }));
}

let interrupted = false;

/** Takes one job after the other. A quiet worker prints what a job has to say when it is over. */
async function work(jobs, isQuiet) {
  for (let job = jobs.shift(); job !== undefined && !interrupted; job = jobs.shift()) {
    const result = await runLayer({ ...job, flags: strict ? ['--forbid-pending', ...flags] : flags, isQuiet });
    total.passed += result.passed;
    total.failed += result.failed;
    interrupted ||= result.interrupted;
  }
}

const ready = runnable(wanted);
if (ready.includes('unit')) await work([{ layer: 'unit' }], false);
const jobs = order.filter(({ layer }) => ready.includes(layer));
await Promise.all(Array.from({ length: atOnce }, (_, at) => work(jobs, at > 0)));

finish(total);
