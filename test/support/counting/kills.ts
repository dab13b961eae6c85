import type { Bulkhead } from '../bulkhead.ts';
import type { ProcessInfo } from '../bulkhead-http.ts';
import { until } from '../until.ts';
import { connectToHistory } from './history.ts';

/** A process that was killed, and what came of it. Times are epoch ms. */
export interface Kill {
  readonly name: string;
  readonly at: number;
  /** Ready again, every process up, and present values of every source are stored. */
  readonly backAt: number;
  /** Processes beside the killed one whose pid changed; a spare that took its place is meant to. */
  readonly alsoRestarted: readonly string[];
}

const backWithinMs = 30_000;
/** A waveform is 100 ms old when it is complete; publishing, gathering and writing take some 500 ms more. */
const currentMs = 1_000;

/** Everything that may be killed: all but the keeper. */
export async function victims(house: Bulkhead): Promise<string[]> {
  return (await house.processes()).filter(({ role }) => role !== 'keeper').map(({ name }) => name);
}

/**
 * `kill -9`, then waits until the house is back by itself. `pulseTopics`: one topic of every source that changes all the
 * time.
 */
export async function killAndWait(house: Bulkhead, name: string, pulseTopics: readonly string[]): Promise<Kill> {
  const before = pidsOf(await house.processes());
  const at = Date.now();
  const killed = await house.kill(name, 'SIGKILL');
  await until(
    async () => {
      const processes = await house.processes();
      const isUp = processes.every(({ pid }) => typeof pid === 'number');
      return isUp && pidsOf(processes).get(name) !== killed && (await house.request('/readyz')).ok;
    },
    { deadlineMs: backWithinMs, what: `the house is ready after kill -9 of ${name}`, everyMs: 25 },
  );
  await untilCurrent(house, at, pulseTopics, `after kill -9 of ${name}`);
  const after = pidsOf(await house.processes());
  const alsoRestarted = [...before].filter(
    ([other, pid]) => other !== name && !other.startsWith('spare:') && after.get(other) !== pid,
  );
  return { name, at, backAt: Date.now(), alsoRestarted: alsoRestarted.map(([other]) => other) };
}

function pidsOf(processes: readonly ProcessInfo[]): Map<string, number | null | undefined> {
  return new Map(processes.map(({ name, pid }) => [name, pid]));
}

/** Waits until what the plant shows is stored as it comes: values later than `since`, and not older than a moment. */
export async function untilCurrent(
  house: Bulkhead,
  since: number,
  pulseTopics: readonly string[],
  when: string,
): Promise<void> {
  await until(() => isCurrent(house, since, pulseTopics), {
    deadlineMs: backWithinMs,
    what: `present values of all sources are stored ${when}`,
    everyMs: 100,
  });
}

async function isCurrent(house: Bulkhead, from: number, topics: readonly string[]): Promise<boolean> {
  const since = Math.max(from, Date.now() - currentMs);
  const client = await connectToHistory(house.home);
  try {
    const { rows } = await client.query<{ topics: string }>(
      `select count(distinct topic) as topics from historian.tag join (
         select tag_id, source_time, quality from historian.sample union all
         select tag_id, source_time, quality from historian.waveform) stored using (tag_id)
       where topic = any($1::text[]) and quality = 0 and source_time > to_timestamp($2::double precision / 1000)`,
      [topics, since],
    );
    return Number(rows[0]?.topics) === topics.length;
  } finally {
    await client.end();
  }
}
