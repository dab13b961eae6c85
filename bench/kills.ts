/**
 * `kill -9` of ten processes at random under load (arguments: seed, number of kills), then the historian against the plant's log: nothing twice, every loss around a kill and at most 3 s long. About 2 minutes.
 */
import { createRandom } from '../packages/plant/src/model/random.ts';
import { printKill, printWindow, runWithKills } from '../test/support/counting/kill-run.ts';
import { faultsOf, printResults } from '../test/support/counting/report.ts';
import { printFigure } from './support/figures.ts';

const longestWindowMs = 3_000;
const [seed = Math.floor(Math.random() * 1e6), count = 10] = process.argv.slice(2).map(Number);
const random = createRandom(seed, 'kills');

const { kills, results, windows, exitCode } = await runWithKills({
  choose: (candidates) =>
    Array.from({ length: count }, () => candidates[Math.floor(random() * candidates.length)] ?? 'broker'),
  onKill: printKill,
});
printResults(results);
windows.forEach(printWindow);

const faults = [
  ...faultsOf(results),
  ...kills.flatMap(({ name, alsoRestarted }) =>
    alsoRestarted.map((other) => `${other} was restarted by the kill of ${name}`),
  ),
  ...windows
    .filter(({ isAroundKill }) => !isAroundKill)
    .map(({ source, kill }) => `${source}: lost apart from ${kill}`),
  ...(exitCode === 0 ? [] : [`the clean stop ended with ${exitCode}`]),
];
for (const fault of faults) console.log(`      ${fault}`);
const longest = Math.max(0, ...windows.map(({ from, to }) => to - from));
printFigure({
  bench: 'kills',
  seed,
  kills: kills.length,
  stored: results.reduce((sum, { stored }) => sum + stored, 0),
  missing: results.reduce((sum, { missing }) => sum + missing.length, 0),
  twice: results.reduce((sum, { twice }) => sum + twice.length, 0),
  faults: faults.length,
  longestWindowMs: Math.round(longest),
  limitMs: longestWindowMs,
});
process.exitCode = faults.length > 0 || longest > longestWindowMs ? 1 : 0;
