import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorMessage } from '@bulkhead/core';
import { delaysOf } from '../packages/plant/src/replay/player.ts';
import type { Recording } from '../packages/plant/src/replay/recording.ts';
import { type Bulkhead, startBulkhead } from '../test/support/bulkhead.ts';
import { until } from '../test/support/until.ts';
import { type PlantProcess, startPlant } from '../test/wire/plant/plant-process.ts';
import { compareByRowTime, compareBySnapshot } from './compare.ts';
import { historianFlows, modbusTopics, opcuaTopics, probeTopic, readerFlows } from './flows.ts';
import { askHistory, earliest, latest, probePath, readHistory } from './history.ts';
import { isGood, type Verdict } from './verdict.ts';

export interface AcceptanceOptions {
  readonly file: string;
  /** What the file holds. */
  readonly recording: Recording;
  readonly speed: number;
  /** Ends it early: it then rejects, with everything closed. */
  readonly signal?: AbortSignal;
}

/** A row stays until it was read over Modbus, every 10 ms, over a round trip. */
const shortestRowMs = 15;

/** How long a replay takes, without the start of house and plant. */
export function estimateMs({ rows }: Recording, speed: number): number {
  return delaysOf(rows).reduce((sum, delayMs) => sum + Math.max(delayMs / speed, shortestRowMs), 0);
}

/**
 * Starts a plant that replays the file and a house that reads it over OPC UA and Modbus, publishes it, stores it and
 * answers for it over HTTP; then compares. Rejects when something of that does not work at all.
 */
export async function runAcceptance(options: AcceptanceOptions): Promise<Verdict> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-accept-'));
  const open: (() => Promise<unknown>)[] = [];
  try {
    const plant = await startReplay(options, folder);
    open.push(() => plant.stop());
    const house = await startBulkhead({ flows: historianFlows(), settings: 'plant:\n  enabled: false\n' });
    open.push(() => house.stop());
    const work = replayAndCompare(options, plant, house).catch((error: unknown) => explained(error, house));
    return await interruptible(options.signal, work);
  } finally {
    await Promise.allSettled(open.map((close) => close()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rethrows with what befell the compartments meanwhile. */
async function explained(failure: unknown, house: Bulkhead): Promise<never> {
  const compartments = await house.compartments().catch(() => []);
  const exits = compartments.flatMap(({ name, state, lastExit }) =>
    lastExit === null ? [] : [`${name} (${state}): ${lastExit.reason}, ${lastExit.detail}`],
  );
  const cause = failure instanceof Error && failure.cause !== undefined ? [errorMessage(failure.cause)] : [];
  throw new Error([errorMessage(failure), ...cause, ...exits].join('\n  '), { cause: failure });
}

function startReplay({ file, speed }: AcceptanceOptions, folder: string): Promise<PlantProcess> {
  const howItIsShown = ['--speed', String(speed), '--wait', '--wait-for', 'both', '--hold-until-read'];
  // Times without a zone are local, and the plant has this process's zone from its environment.
  return startPlant(['--pki', path.join(folder, 'pki'), '--replay', file, ...howItIsShown]);
}

function interruptible<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject);
  });
}

async function replayAndCompare(
  { recording, speed }: AcceptanceOptions,
  plant: PlantProcess,
  house: Bulkhead,
): Promise<Verdict> {
  const { columns } = recording;
  await waitForWayToHistorian(house);
  const startedAt = Date.now();
  const readers = readerFlows(columns, { opcuaUrl: plant.opcuaUrl, modbusPort: plant.port('replay') });
  // Only what is new: a full deploy would start the way to the historian anew.
  await house.deploy([...historianFlows(), ...readers], 'nodes');
  await waitForEnd(plant, estimateMs(recording, speed));

  const nodes = opcuaTopics(columns);
  const block = modbusTopics(columns);
  const since = (): number => (Date.now() - startedAt) / 1000;
  const [opcua, modbus] = await Promise.all([
    waitForLastRow(house, recording, nodes).then(since),
    waitForLastSnapshot(house, recording, block.row).then((wholeBefore) => ({ wholeBefore, seconds: since() })),
  ]);
  const byTime = compareByRowTime(recording, nodes, await readHistory(house, nodes, earliest, latest));
  const blockTopics = [block.sequence, block.row, block.time, ...block.columns];
  const snapshots = await readHistory(house, blockTopics, earliest, modbus.wholeBefore);
  const bySnapshot = compareBySnapshot(recording, block, snapshots);
  return {
    passed: isGood(byTime) && isGood(bySnapshot),
    protocols: [
      { ...byTime, seconds: opcua },
      { ...bySnapshot, seconds: modbus.seconds },
    ],
  };
}

/** Sends samples through the namespace until the historian has one: whatever is published from then on is stored. */
async function waitForWayToHistorian(house: Bulkhead): Promise<void> {
  let number = 0;
  await until(
    async () => {
      number += 1;
      await house.request(probePath, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ number }),
      });
      const { samples } = await askHistory(house, { topics: [probeTopic], from: earliest, to: latest, limit: 1 });
      return samples.length > 0;
    },
    { deadlineMs: 60_000, what: 'a sample on its way from the namespace into the historian', everyMs: 100 },
  );
}

async function waitForEnd({ said, child }: PlantProcess, estimatedMs: number): Promise<void> {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(() => hasEnded() || said.some((line) => line.includes('"done"')), {
    deadlineMs: 60_000 + 3 * estimatedMs,
    what: 'the last row of the recording, read over OPC UA and Modbus',
    everyMs: 100,
  });
  if (hasEnded()) throw new Error('the plant ended during the replay');
}

/** From the end of the recording until its last row is in the historian. Later it is taken for lost. */
const arrivalMs = 60_000;

async function arrived<T>(condition: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = Date.now() + arrivalMs;
  return await until<{ found: T | undefined } | undefined>(
    async () => {
      const found = await condition();
      return found !== undefined || Date.now() > deadline ? { found } : undefined;
    },
    { deadlineMs: 2 * arrivalMs, what: 'an answer of the historian', everyMs: 200 },
  ).then(({ found }) => found);
}

/** Resolves also when it does not come: the comparison tells what is missing. */
async function waitForLastRow(house: Bulkhead, { rows }: Recording, topics: readonly string[]): Promise<void> {
  const from = rows.at(-1)?.time ?? 0;
  await arrived(async () => {
    const { samples } = await askHistory(house, { topics, from, to: from + 1, limit: topics.length });
    return samples.length === topics.length || undefined;
  });
}

/**
 * Time before which all snapshots are stored as a whole, one of the last row among them; the end of time when none of
 * the last row comes. Reading goes on meanwhile, and a transaction of the historian may end within the newest snapshot.
 */
async function waitForLastSnapshot(house: Bulkhead, { rows }: Recording, rowTopic: string): Promise<number> {
  const question = { topics: [rowTopic], from: earliest, to: latest, limit: 2 };
  const found = await arrived(async () => {
    const { samples } = await askHistory(house, question);
    const isLastRow = samples.length === 2 && samples.every(({ value }) => value === rows.length - 1);
    return isLastRow ? samples.at(-1)?.sourceTime : undefined;
  });
  return found ?? latest;
}
