/**
 * The keeper: parent of every process of the house. It imports nothing but `node:` and the protocol, because whatever
 * it loads can end it, and its end is the end of all.
 *
 * configure → lock → control socket → services, editor, supervisor → (signal) → drain → everybody down → exit code.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildExit, ChildSpec } from '../protocol/messages.ts';
import { type HouseGroups, noGroups, openHouseGroups } from './house-groups.ts';
import { type AfterExit, type Children, createChildren } from './children.ts';
import { type Control, openControl } from './control.ts';
import { findDeathSignal, withoutDeathSignal } from './death-signal.ts';
import { openLastWill } from './last-will.ts';
import { type HousePlan, readHousePlan } from './house-plan.ts';
import { inUse, leaveHome, removeRunDirectory, takeHome } from './lock.ts';
import { defaultStopPlan, endStep, stopSteps } from './stop.ts';

/** One Ctrl-C may arrive twice: from the terminal, and again from npm. */
const sameSignalMs = 500;
const shortLifeMs = 30_000;
/** As long as `orphan-guard.ts` gives them. */
const orphansEndMs = 2_000;

export const exitCodes = { stopped: 0, failed: 1, usage: 64, configuration: 78 } as const;

/** Resolves with the exit code once everything is down. */
export async function runKeeper(): Promise<number> {
  const planned = await readHousePlan();
  if (!planned.ok) return planned.exitCode;
  const { plan } = planned;
  for (const notice of plan.notices) say(notice);
  return runHouse(plan);
}

/** Runs what the plan says until a signal ends it. Takes over this process's signals. */
export async function runHouse(plan: HousePlan): Promise<number> {
  try {
    return await new Promise<number>((resolve, reject) => {
      open(plan, resolve).catch(reject);
    });
  } finally {
    removeRunDirectory(plan.runDirectory);
  }
}

async function open(plan: HousePlan, finish: (exitCode: number) => void): Promise<void> {
  const specs = new Map([plan.supervisor, plan.editor, ...plan.services].map((spec) => [spec.name, spec]));
  const signalOf = (name: string): NodeJS.Signals => specs.get(name)?.stopSignal ?? 'SIGTERM';
  let control: Control | null = null;
  let groups: HouseGroups = noGroups;
  let ready = false;
  let stopping = false;
  let hurried = false;
  let drained = (): void => {};

  /** What was said last of each child: a fault that repeats is told when it is new and when it turns out to stay. */
  const told = new Map<string, string>();
  const tell = (exit: ChildExit, next: AfterExit): void => {
    // A spare holds nothing that anybody misses.
    if (exit.role === 'spare') return;
    const news = `${exit.reason} ${exit.detail} ${next.slow}`;
    if (exit.role !== 'compartment' && exit.endedAt - exit.startedAt < shortLifeMs && told.get(exit.name) === news)
      return;
    told.set(exit.name, news);
    say(sentence(exit, next));
  };

  const withDeathSignal = findDeathSignal();
  const lastWill = openLastWill(withDeathSignal === withoutDeathSignal ? orphansEndMs : 0);
  const logsDirectory = join(plan.home, 'logs');
  mkdirSync(logsDirectory, { recursive: true, mode: 0o700 });
  const children: Children = createChildren({
    groups: () => groups,
    withDeathSignal,
    lastWill,
    logsDirectory,
    onNotice: (text) => process.stderr.write(`${text}\n`),
    onStarted: (status) => control?.started(status),
    onExited: (exit, next) => {
      control?.exited(exit);
      // Once the house was up, a port that another program took meanwhile is no reason to stop the flows.
      if (exit.role === 'supervisor' && exit.code === exitCodes.configuration && !ready) refuse(exit);
      else if (!stopping) tell(exit, next);
    },
  });

  const stop = async (exitCode: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    if (exitCode === exitCodes.stopped && control !== null) {
      const isDrained = new Promise<void>((resolve) => {
        drained = resolve;
        setTimeout(resolve, defaultStopPlan.drainMs).unref();
      });
      control.requestStop(defaultStopPlan.drainMs);
      const flowsRun = children.running().some(({ role }) => role === 'compartment');
      if (control.connected || flowsRun) await isDrained;
    }
    children.stayDown();
    const services = plan.services.map(({ name }) => name);
    for (const step of stopSteps({ ...defaultStopPlan, services }, children.running())) {
      if (!(await endStep(step, children, signalOf))) say(`${step.names.join(', ')}: killed, did not stop in time`);
    }
    await end(exitCode);
  };

  const end = async (exitCode: number): Promise<void> => {
    await children.flushLogs();
    await groups.close();
    lastWill.close();
    await control?.close();
    leaveHome(plan.home, plan.keeperSocket);
    if (exitCode !== exitCodes.configuration)
      say(hurried ? 'ended at once: what was read last may be missing' : 'stopped');
    finish(hurried ? exitCodes.failed : exitCode);
  };

  /** The supervisor says that it cannot work like this, and no restart would change that. */
  const refuse = (exit: ChildExit): void => {
    for (const line of exit.stderrTail.length > 0 ? exit.stderrTail : [exit.detail]) process.stderr.write(`${line}\n`);
    void stop(exitCodes.configuration);
  };

  let stopAskedAt = 0;
  const onSignal = (): void => {
    if (stopping && performance.now() - stopAskedAt < sameSignalMs) return;
    if (!stopping) {
      stopAskedAt = performance.now();
      const seconds = defaultStopPlan.drainMs / 1000;
      say(`stopping: what was read is delivered first, within ${seconds} s; a second signal ends everything at once`);
      void stop(exitCodes.stopped);
      return;
    }
    // The second time somebody is in a hurry.
    if (!hurried) say('ending at once');
    hurried = true;
    children.stayDown();
    for (const { name } of children.running())
      children.kill(name, specs.get(name)?.stopSignal === undefined ? 'SIGKILL' : 'SIGQUIT');
    setTimeout(() => {
      for (const { name } of children.running()) children.kill(name, 'SIGKILL');
      void end(exitCodes.failed);
    }, 1_000);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);

  control = await openControl(plan.keeperSocket, plan.keeperToken, {
    children,
    onReady: (url) => {
      if (!ready) say(`bulkhead ready on ${url}`);
      ready = true;
    },
    onDrained: () => drained(),
    // A supervisor that was killed while it led the drain comes back and leads it to its end.
    onConnected: () => {
      if (stopping) control?.requestStop(defaultStopPlan.drainMs / 2);
    },
    log: say,
  });
  const holder = await takeHome(plan.home, plan);
  if (holder !== null) {
    await control.close();
    lastWill.close();
    process.stderr.write(`${inUse(plan.home, holder.pid)}\n`);
    finish(exitCodes.configuration);
    return;
  }
  if (plan.cgroups) groups = await openHouseGroups();
  const all: readonly ChildSpec[] = [plan.supervisor, plan.editor, ...plan.services];
  for (const spec of all) children.start(spec);
}

function sentence(exit: ChildExit, next: AfterExit): string {
  const then =
    next.restartsInMs === null
      ? ''
      : next.restartsInMs === 0
        ? '; restarting'
        : `; ${next.slow ? 'it keeps failing, next try' : 'restarting'} in ${next.restartsInMs / 1000} s`;
  const called = next.label?.replaceAll(/\s+/g, ' ') ?? exit.name.replace(/^compartment:/, '');
  const who = exit.role === 'compartment' ? `compartment ${called}` : exit.name;
  return `${who} ended: ${exit.reason}: ${exit.detail}${then}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
