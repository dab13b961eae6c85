/**
 * Faults of every kind, one after the other, in a house under load. After each everything has to run again, the victim
 * with the right reason, and nothing else may have been touched.
 */
import { createRandom } from '../../../packages/plant/src/model/random.ts';
import { isAlive } from '../../runtime/fixtures/alive.ts';
import { type Bulkhead, startBulkhead } from '../bulkhead.ts';
import type { CompartmentInfo } from '../bulkhead-http.ts';
import { until } from '../until.ts';
import { campaignFaults, type Fault } from './campaign-faults.ts';
import { campaignFlows, slowTargetOf } from './campaign-flows.ts';
import { type Holdings, holdingsOf, processesOf } from './house-watch.ts';
import { type TickWatch, watchTicks } from './tick-watch.ts';

export interface CampaignOptions {
  readonly tabs: number;
  readonly seed: number;
  /** So many faults: each kind once before any comes again. */
  readonly faults: number;
  readonly quietMs: number;
  readonly hangMs: number;
  readonly onFault?: (outcome: FaultOutcome) => void;
}

export interface FaultOutcome {
  readonly kind: string;
  readonly victim: string;
  /** What was not as it had to be; empty when all was. */
  readonly complaints: readonly string[];
  readonly backAfterMs: number;
  /** Between datagrams of the tabs that have nothing to do with it. */
  readonly gaps: readonly number[];
  readonly editorMs: readonly number[];
  readonly keeper: Holdings;
  readonly supervisor: Holdings;
}

export interface CampaignResult {
  readonly quietGaps: readonly number[];
  readonly outcomes: readonly FaultOutcome[];
  readonly exitCode: number | null;
  /** Processes of the house that outlived it. */
  readonly left: readonly number[];
}

const settingsWith = (hangMs: number): string =>
  ['plant:', '  enabled: false', 'limits:', '  heapMb: 192', '  rssMb: 450', `  hangMs: ${hangMs}`, ''].join('\n');

export async function runCampaign({
  tabs,
  seed,
  faults,
  quietMs,
  hangMs,
  onFault,
}: CampaignOptions): Promise<CampaignResult> {
  const random = createRandom(seed, 'campaign');
  const ticks = await watchTicks();
  const house = await startBulkhead({ flows: campaignFlows(tabs, ticks.port), settings: settingsWith(hangMs) });
  const seen = new Set<number>();
  const all = Array.from({ length: tabs }, (_, index) => index);
  const rested = [...all];
  let kinds: string[] = [];
  const outcomes: FaultOutcome[] = [];
  try {
    await until(async () => (await house.compartments()).every(({ state }) => state === 'running'), {
      deadlineMs: 60_000,
      what: 'all tabs run',
    });
    await pause(1_000);
    ticks.takeGaps(all);
    await pause(quietMs);
    const quietGaps = ticks.takeGaps(all);
    for (let n = 0; n < faults; n += 1) {
      if (kinds.length === 0) kinds = shuffled(Object.keys(campaignFaults), random);
      const kind = kinds.pop() ?? '';
      const fault = campaignFaults[kind];
      if (fault === undefined) throw new Error(`no fault "${kind}"`);
      // Not one of those that were hit last: five short lives in a row are a quarantine, and rightly so.
      const tab = rested.splice(Math.floor(random() * Math.ceil(rested.length / 2)), 1)[0] ?? 0;
      rested.push(tab);
      const outcome = await strike(house, ticks, { kind, fault, tab, tabs, revision: n + 1 });
      outcomes.push(outcome);
      onFault?.(outcome);
      for (const { pid } of await house.processes()) if (typeof pid === 'number') seen.add(pid);
    }
    for (const pid of processesOf(house)) seen.add(pid);
    const exitCode = await house.stop();
    return { quietGaps, outcomes, exitCode, left: [...seen].filter(isAlive) };
  } finally {
    await house.stop();
    ticks.close();
  }
}

interface Strike {
  readonly kind: string;
  readonly fault: Fault;
  readonly tab: number;
  readonly tabs: number;
  readonly revision: number;
}

async function strike(house: Bulkhead, ticks: TickWatch, order: Strike): Promise<FaultOutcome> {
  const { kind, fault, tab, tabs, revision } = order;
  const before = await house.compartments();
  const victim = before.find((compartment) => compartment.id === idOf(before, tab));
  if (victim?.pid === undefined || victim.pid === null) throw new Error(`tab${tab} does not run`);
  const processesBefore = await house.processes();
  const deployed = kind.startsWith('a deploy') ? [(tab + 3) % tabs] : [];
  const touched = [tab, slowTargetOf(tab, tabs), ...deployed];
  const healthy = Array.from({ length: tabs }, (_, index) => index).filter((index) => !touched.includes(index));

  ticks.takeGaps([]);
  const editorMs: number[] = [];
  const editor = setInterval(() => void askEditor(house, editorMs), 100);
  const from = performance.now();
  const complaints: string[] = [];
  try {
    await fault.act({ house, tabs, udpPort: ticks.port, victim: { tab, pid: victim.pid }, revision });
    await until(() => isBack(house, tabs, fault, victim, processesBefore), {
      deadlineMs: 30_000,
      what: `everything runs again after "${kind}" of ${victim.name}`,
      everyMs: 50,
    });
    if (fault.reason === null && fault.ends === undefined) await pause(fault.lastsMs ?? 0);
    const running = performance.now();
    await until(() => ticks.lastOf(tab) > running, { deadlineMs: 30_000, what: `${victim.name} sends again` });
  } catch (error) {
    complaints.push(error instanceof Error ? error.message : String(error));
  }
  const backAfterMs = performance.now() - from;
  clearInterval(editor);
  try {
    // A slow target works for seconds on what it was sent: that is this fault's, not the next one's.
    await until(() => touched.every((index) => ticks.isSteady(index)), {
      deadlineMs: 30_000,
      what: `the tabs that "${kind}" of ${victim.name} touched are steady again`,
      everyMs: 50,
    });
  } catch (error) {
    complaints.push(error instanceof Error ? error.message : String(error));
  }
  const gaps = ticks.takeGaps(healthy);
  const after = await house.compartments();
  complaints.push(...innocents(before, after, fault.reason === null ? undefined : victim.id));
  const { lastExit } = after.find(({ id }) => id === victim.id) ?? {};
  if (fault.reason !== null && lastExit?.reason !== fault.reason) {
    complaints.push(`the reason is "${lastExit?.reason}" (${lastExit?.detail}), not "${fault.reason}"`);
  }
  const processes = await house.processes();
  const pidOf = (name: string): number => processes.find((found) => found.name === name)?.pid ?? 0;
  return {
    kind,
    victim: victim.name,
    complaints,
    backAfterMs,
    gaps,
    editorMs: fault.ends === undefined ? editorMs : [],
    keeper: holdingsOf(pidOf('keeper')),
    supervisor: holdingsOf(pidOf('supervisor')),
  };
}

const idOf = (compartments: readonly CompartmentInfo[], tab: number): string | undefined =>
  compartments.find(({ tabs }) => tabs.some(({ label }) => label === `tab${tab}`))?.id;

async function isBack(
  house: Bulkhead,
  tabs: number,
  { reason, ends }: Fault,
  victim: CompartmentInfo,
  processesBefore: Awaited<ReturnType<Bulkhead['processes']>>,
): Promise<boolean> {
  const compartments = await house.compartments();
  // A supervisor that was started anew knows them one after the other.
  if (compartments.length < tabs || !compartments.every(({ state }) => state === 'running')) return false;
  const now = compartments.find(({ id }) => id === victim.id);
  if (reason !== null && now?.pid === victim.pid) return false;
  if (ends === undefined) return true;
  const old = processesBefore.find(({ name }) => name === ends)?.pid;
  const replaced = (await house.processes()).find(({ name }) => name === ends);
  await house.request('/settings');
  return replaced?.state === 'running' && replaced.pid !== old;
}

/** Compartments other than the victim that are not what they were. */
function innocents(
  before: readonly CompartmentInfo[],
  after: readonly CompartmentInfo[],
  victim: string | undefined,
): string[] {
  return before
    .filter(({ id }) => id !== victim)
    .flatMap(({ id, name, pid }) => {
      const now = after.find((compartment) => compartment.id === id);
      if (now?.pid === pid) return [];
      return [`${name} was touched: pid ${pid} → ${now?.pid}, ${now?.lastExit?.reason}: ${now?.lastExit?.detail}`];
    });
}

async function askEditor(house: Bulkhead, answersMs: number[]): Promise<void> {
  const from = performance.now();
  try {
    await (await house.request('/settings')).arrayBuffer();
  } catch {
    // Counted as what it took to fail.
  }
  answersMs.push(performance.now() - from);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
