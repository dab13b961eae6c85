import assert from 'node:assert/strict';
import { type CpuTime, cpuTimeOf } from '../../../packages/runtime/src/keeper/cpu-time.ts';
import { type SilenceWatch, watchForSilence } from '../../../packages/runtime/src/keeper/hang-watch.ts';
import { until } from '../../support/until.ts';

const limitMs = 600;
const within = { deadlineMs: 10_000 };

describe('the watch for silence', () => {
  const watches: SilenceWatch[] = [];
  afterEach(() => watches.splice(0).forEach((watch) => watch.stop()));

  /** How long each child was silent when it was given up, in the order in which they were. */
  function watchAll(children: Record<string, (aliveMs: number) => CpuTime | null>): [string, number][] {
    const given: [string, number][] = [];
    const from = performance.now();
    for (const [name, cpu] of Object.entries(children)) {
      const told = (silentMs: number): void => void given.push([name, silentMs]);
      watches.push(watchForSilence(limitMs, told, () => cpu(performance.now() - from)));
    }
    return given;
  }

  it('gives up at the limit who has a processor, who waits, and whose use is not known', async () => {
    const given = watchAll({
      loops: (aliveMs) => ({ usedMs: aliveMs, runnable: true }),
      waits: () => ({ usedMs: 5, runnable: false }),
      unknown: () => null,
      starved: () => ({ usedMs: 5, runnable: true }),
    });
    await until(() => given.length === 3, { ...within, what: 'three were given up' });
    assert.deepEqual(given.map(([name]) => name).toSorted(), ['loops', 'unknown', 'waits']);
  });

  it('gives who wants a processor and has none three times as long, and no longer', async () => {
    const given = watchAll({ starved: (aliveMs) => ({ usedMs: aliveMs / 10, runnable: true }) });
    await until(() => given.length === 1, { ...within, what: 'it was given up' });
    assert.ok((given[0]?.[1] ?? 0) > 3 * limitMs, `after ${given[0]?.[1]} ms`);
  });

  it('forgets a silence that ended', async () => {
    const given = watchAll({ talks: (aliveMs) => ({ usedMs: aliveMs, runnable: true }) });
    const [watch] = watches;
    const talking = setInterval(() => watch?.heard(), 100);
    await new Promise((resolve) => setTimeout(resolve, 2 * limitMs));
    clearInterval(talking);
    assert.deepEqual(given, []);
    await until(() => given.length === 1, { ...within, what: 'its next silence' });
  });

  it('knows what this process had of the processor, and nothing of one that is not there', () => {
    const before = cpuTimeOf(process.pid);
    for (const end = process.cpuUsage().user + 60_000; process.cpuUsage().user < end; );
    const after = cpuTimeOf(process.pid);
    assert.ok(before && after);
    assert.equal(after.runnable, true);
    assert.ok(after.usedMs > before.usedMs && after.usedMs - before.usedMs < 10_000);
    assert.equal(cpuTimeOf(2 ** 30), null);
  });
});
