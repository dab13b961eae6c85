import { rmSync } from 'node:fs';
import path from 'node:path';
import { readLog } from '../../wire/plant/plant-process.ts';
import { type Bulkhead, startBulkhead } from '../bulkhead.ts';
import { compare, type SourceResult } from './compare.ts';
import { type Kill, killAndWait, untilCurrent, victims } from './kills.ts';
import { makeHome } from './own-home.ts';
import { demoFlows, deviceNames, signalsOf } from './signals.ts';
import { historyOfStopped } from './stopped-database.ts';
import { type LossWindow, lossWindows } from './windows.ts';

export interface KillRun {
  readonly kills: readonly Kill[];
  readonly results: readonly SourceResult[];
  readonly windows: readonly LossWindow[];
  readonly exitCode: number | null;
}

export interface KillRunOptions {
  /** Names of the processes to kill, one after the other, chosen from all that may be. */
  readonly choose: (candidates: readonly string[]) => readonly string[];
  readonly onKill: (kill: Kill) => void;
}

const tabs = ['tab-filler', 'tab-modbus', 'tab-historian', 'tab-oee'];

/** A house under load, kills, a clean stop, and the historian held against the plant's log. */
export async function runWithKills({ choose, onKill }: KillRunOptions): Promise<KillRun> {
  const home = await makeHome();
  let house: Bulkhead | undefined;
  try {
    const flows = demoFlows({ pollMs: 20, publishingMs: 100 }, tabs);
    const signals = signalsOf(flows);
    const vibration = [...signals.opcua].find(([, tag]) => tag === 'Filler.Vibration')?.[0] ?? '';
    const pulseTopics = [vibration, ...deviceNames.map((device) => signals.modbus[device].get('Sequence') ?? '')];
    house = await startBulkhead({ home, flows });
    await untilCurrent(house, 0, pulseTopics, 'after the start');
    const kills: Kill[] = [];
    for (const name of choose((await victims(house)).toSorted())) {
      const kill = await killAndWait(house, name, pulseTopics);
      onKill(kill);
      kills.push(kill);
    }
    const exitCode = await house.stop();
    if (process.env['BULKHEAD_COUNTING_VERBOSE']) console.log(house.output.lines().join('\n'));
    const results = compare(readLog(path.join(home, 'plant', 'log.jsonl')), await historyOfStopped(home), signals);
    return { kills, results, windows: results.flatMap((result) => lossWindows(result, kills)), exitCode };
  } finally {
    await house?.stop();
    if (!process.env['BULKHEAD_COUNTING_VERBOSE']) rmSync(home, { recursive: true, force: true });
    else console.log(home);
  }
}

/** One line per kill and per window, for people. */
export function printKill({ name, at, backAt, alsoRestarted }: Kill): void {
  const also = alsoRestarted.length > 0 ? `; also restarted: ${alsoRestarted.join(', ')}` : '';
  console.log(`      kill -9 ${name}: back after ${backAt - at} ms${also}`);
}

export function printWindow({ source, kill, missing, from, to, isAroundKill }: LossWindow): void {
  console.log(
    `      ${source}, kill ${kill}: ${missing} missing in ${Math.round(to - from)} ms${isAroundKill ? '' : ', NOT around the kill'}`,
  );
}
