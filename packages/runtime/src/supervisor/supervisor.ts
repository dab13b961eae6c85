import { availableParallelism } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '@bulkhead/core';
import type { SupervisorBoot } from '../protocol/boot.ts';
import { globalBounds } from '../protocol/global-bounds.ts';
import { differingLimits } from '../protocol/limits.ts';
import { notice } from '../protocol/beats.ts';
import type { ChildStatus, RelayedEvent } from '../protocol/messages.ts';
import { stopFlows } from './clean-stop.ts';
import {
  compartmentIdOf,
  compartmentSpec,
  directoryOf,
  keptLimits,
  linkEndpoint,
  processNameOf,
  removeLeftovers,
} from './compartment-process.ts';
import { atPlace } from './own-place.ts';
import { pidOf } from './compartments/compartment-state.ts';
import { defaultPolicy, ownPolicy, type Policy } from './compartments/policy.ts';
import type { Compartment } from './compartments/compartment.ts';
import type { CompartmentPorts } from './compartments/ports.ts';
import { containerSpec } from './compartment-container.ts';
import { compartmentOverview } from './compartment-overview.ts';
import { type DialIns, openDialIns } from './dial-ins.ts';
import { createDoor } from './door/door.ts';
import { type Front, openFront } from './front/front.ts';
import { createMetrics } from './front/metrics.ts';
import { contentionNotice } from './global-context/contention-notice.ts';
import { GlobalHub } from './global-context/hub.ts';
import { createHubFile } from './global-context/hub-file.ts';
import { House } from './house.ts';
import { type KeeperLink, linkToKeeper } from './keeper-link.ts';
import { createLimitWatch } from './limit-watch.ts';
import { createSilenceWatch } from './silence-watch.ts';
import { createKnownGrants } from './known-grants.ts';
import { openCrashStore } from './crashes/crash-store.ts';
import { Poison } from './crashes/poison.ts';
import { openSuspectFile } from './crashes/suspect-file.ts';
import { createCrashes } from './crashes/house-crashes.ts';
import { holdPlant } from './plant-hold.ts';
import { createProcessSampler } from './process-sampler.ts';
import { readiness } from './readiness.ts';
import { createContextFiles } from './context-files/context-files.ts';
import { openLivedFlows } from './lived-flows/lived-flows.ts';
import { flowsOf } from './plan/slice-flows.ts';
import { stockGlobals } from './context-files/stock-globals.ts';
import { createHouseSpares } from './spares/house-spares.ts';
import { createStartGate } from './start-gate.ts';
import { inRun, type Kept } from './kept.ts';
import { createStateFile } from './state-file.ts';

const sampleEveryMs = 1_000;
/** After its own restart a supervisor is told within about 300 ms what runs; a broken editor never tells. */
const learnLimitMs = 3_000;

/**
 * The supervisor: decides, and serves HTTP. Restartable at any time; it asks back from the keeper, the editor and the
 * compartments what it does not know.
 *
 * Start order: state file → house → socket for those who dial in → keeper (adopts what lives) → front → ready line.
 */
export async function startSupervisor(boot: SupervisorBoot, log: (line: string) => void): Promise<void> {
  const stateFile = createStateFile(path.join(boot.home, 'supervisor', 'state.json'), notice);
  // The socket's folder is made anew for each run of the house.
  const run = boot.supervisorSocket;
  const kept = inRun(await stateFile.load(), run);
  const lived = await openLivedFlows(path.join(boot.home, 'supervisor', 'lived'), boot.flowsKey, log);
  const crashStore = await openCrashStore(path.join(boot.home, 'crashes'), log);
  const suspectFile = await openSuspectFile(path.join(boot.home, 'crashes', 'set-aside.json'), log);
  const poison = new Poison(suspectFile);
  let dialIns: DialIns | null = null;
  let front: Front | null = null;
  let announced = false;
  let stopping = false;
  /** Deploys are followed no longer. */
  let frozen = false;

  const show = (events: readonly RelayedEvent[]): void => dialIns?.show(events);
  const changed = (): void => {
    stateFile.save(() => allKept(house, keep));
    show([compartmentOverview(house.compartments.values())]);
    houseSpares.spares.look();
    announce();
  };
  const gate = createStartGate(availableParallelism() + 1, systemClock);
  const ports: CompartmentPorts = {
    startProcess: async (id, how) => {
      const label = house.compartments.get(id)?.planned.name;
      const contained = how.launcher === 'container' ? { ...containerSpec(boot, id, how), label } : null;
      const spec = { ...compartmentSpec(boot, id, how), label };
      if (contained === null) removeLeftovers(boot, id);
      const compartment = contained ? undefined : house.compartments.get(id);
      const taken = compartment && (await houseSpares.take(compartment, spec, how));
      if (taken) return taken;
      await gate.pass(id, (house.compartments.get(id)?.restarts ?? 0) > 0);
      const started = keeper.start(contained ?? atPlace(spec, boot, directoryOf(boot, id)));
      void started
        .then(() => house.compartments.get(id)?.settled())
        .catch(() => {})
        .then(() => gate.done(id));
      const { pid, startedAt, limitsBy } = await started;
      if (pid === null) throw new Error('the keeper could not start its process');
      return { pid, startedAt: startedAt ?? Date.now(), limitsBy };
    },
    giveUpStart: (id) => gate.forget(id),
    grantsOf: createKnownGrants(boot.home, log),
    kill: (id, signal, because) => keeper.kill(processNameOf(id), signal, because),
    applyLimits: (id, limits) => keeper.setLimits(processNameOf(id), keptLimits(limits)),
    defaultLauncher: boot.launcher,
    keepLived: (slice) => lived.keep(slice.compartmentId, flowsOf(slice)),
    crashes: createCrashes(crashStore, boot.compartmentsDirectory, poison),
    show,
    changed,
    log,
    clock: systemClock,
    random: Math.random,
  };
  const policy: Policy = { ...defaultPolicy, onCrashLoop: boot.onCrashLoop };
  const keep = (compartment: Compartment): Kept => keptOf(compartment, boot, policy, run);
  const houseSpares = createHouseSpares({
    boot,
    house: () => house,
    keeper: () => keeper,
    stopping: () => stopping,
    log,
  });
  const contextFiles = createContextFiles(
    { ofCompartment: (id) => directoryOf(boot, id), ofAll: boot.compartmentsDirectory, ofStock: boot.editorUserDir },
    log,
  );
  const house = new House({
    ports,
    services: boot.services,
    limits: boot.limits,
    privilege: boot.privilege,
    rules: boot.rules,
    policy,
    kept,
    keptOf: keep,
    lived,
    contextFiles,
    directoryOf: (id) => directoryOf(boot, id),
    linkEndpoint: (target, caller) => linkEndpoint(boot, target, caller),
  });
  const isReady = () => readiness(dialIns?.editorConnected ?? false, house);
  const announce = (): void => {
    if (announced || !front || stopping || !isReady().isUp) return;
    announced = true;
    keeper.ready(`http://${boot.host.includes(':') ? `[${boot.host}]` : boot.host}:${front.port}`);
  };

  // Only the file store outlives the house, as in a stock Node-RED; the memory store outlives the supervisor in the
  // replicas of the compartments.
  const globalsFile = createHubFile(path.join(boot.home, 'supervisor', 'global-context'), log);
  const globals = new GlobalHub({
    bounds: globalBounds,
    now: Date.now,
    // A thousand writes a millisecond, on average, before the next supervisor could be behind.
    firstVersion: Date.now() * 1_000,
    onChanged: () => globalsFile.save(() => globals.snapshot().filter(({ store }) => store === 'file'), globals.bytes),
    onContention: (key, writers, lostUpdate) => {
      const [one, two] = writers.map((id) => house.compartments.get(id)?.planned.name ?? id);
      const what = lostUpdate ? 'overwrote a value that it had not seen' : 'last writer wins, updates may be lost';
      log(`global.${key} is written by "${one}" and by "${two}": ${what}`);
      show([contentionNotice(key, writers, [one ?? '', two ?? ''], lostUpdate)]);
    },
  });
  const known = await globalsFile.load();
  globals.learn(known.length > 0 ? known : await stockGlobals(boot.editorUserDir, log));

  const door = createDoor({
    rules: boot.login ?? null,
    home: boot.home,
    editorUserDir: boot.editorUserDir,
    now: Date.now,
  });
  const childrenKnown = Promise.withResolvers<void>();
  // Only then is it known which processes live: a second one of the same name is refused, and taken for broken.
  const onceKnown = (follow: () => Promise<void>): void =>
    void childrenKnown.promise.then(async () => {
      if (!frozen) await follow();
    });
  dialIns = await openDialIns({
    globals,
    spares: houseSpares.spares,
    socketPath: boot.supervisorSocket,
    secret: boot.secret,
    accept: (hello) => house.accept(hello),
    owner: (nodeId) => house.owner(nodeId),
    compartments: () => house.compartments.values(),
    onFlows: (message) => onceKnown(() => house.apply(message)),
    onNoFlows: (because) => onceKnown(() => house.halt(because)),
    clearContext: async () => {
      await childrenKnown.promise;
      if (frozen) throw new Error('the house is being stopped');
      await house.betweenFlows(async () => {
        globals.clear();
        await Promise.all([globalsFile.flush(), contextFiles.clear()]);
      });
    },
    onEditor: changed,
    sessions: door.sessions,
    audit: door.audit,
    log,
  });

  const stop = async (deadlineMs: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const askedAt = Date.now();
    adopt(await keeper.list().catch(() => []));
    await house.known(learnLimitMs);
    frozen = true;
    await stopFlows(deadlineMs - (Date.now() - askedAt), {
      holdPlant: () =>
        holdPlant({
          children: keeper.list,
          logs: keeper.logs,
          signal: (name) => keeper.kill(name, 'SIGUSR2'),
          now: Date.now,
        }),
      compartments: () => [...house.compartments.values()],
      now: Date.now,
      log,
    });
    await Promise.all([globalsFile.flush(), crashStore.saved(), suspectFile.saved(), lived.saved()]);
    await front?.close();
    keeper.drained();
  };
  const adopt = (children: readonly ChildStatus[]): void => {
    houseSpares.adopt(children);
    for (const child of children) {
      const id = compartmentIdOf(child.name);
      if (id === undefined || child.pid === null || house.compartments.has(id)) continue;
      house.expect(id, child);
    }
    childrenKnown.resolve();
  };
  const keeper: KeeperLink = linkToKeeper(boot.keeperSocket, boot.keeperToken, {
    onChildren: adopt,
    onExited: (exit) => {
      const id = compartmentIdOf(exit.name);
      if (id !== undefined) houseSpares.left(id);
      if (id !== undefined) house.exited(id, exit);
      else houseSpares.spares.exited(exit.name);
    },
    onStarted: ({ name, pid, limitsBy }) => {
      const compartment = house.compartments.get(compartmentIdOf(name) ?? '');
      if (compartment && pidOf(compartment.state) === pid) compartment.heldBy(limitsBy);
    },
    onStopRequested: (deadlineMs) => void stop(deadlineMs),
    onLost: (reason) => log(`keeper: ${reason}`),
  });

  const sampler = createProcessSampler(Date.now);
  const silence = createSilenceWatch(
    () => house.compartments.values(),
    () => show([compartmentOverview(house.compartments.values())]),
  );
  const watch = createLimitWatch({
    compartments: () => house.compartments.values(),
    sample: (pid) => sampler.sample(pid),
    kill: (id, because) => ports.kill(id, 'SIGKILL', because),
    show,
    log,
  });
  setInterval(() => silence.tick(), silence.everyMs).unref();
  let sampling = false;
  setInterval(() => {
    if (sampling) return;
    sampling = true;
    void watch.tick().finally(() => {
      sampling = false;
    });
  }, sampleEveryMs).unref();

  const metrics = createMetrics({
    compartments: () => house.compartments.values(),
    sample: watch.last,
    globals,
    editorConnected: () => dialIns?.editorConnected ?? false,
    sparesReady: () => houseSpares.spares.ready,
  });
  front = await openFront({
    boundTo: boot.host,
    port: boot.port,
    hosts: boot.hosts,
    editorSocket: boot.editorHttpSocket,
    poison,
    routes: () => dialIns?.routes() ?? [],
    dashboards: () => house.dashboards,
    routesAreComing: () => (!house.planned && house.halted === null) || (dialIns?.routesAreComing ?? true),
    door,
    log,
    api: {
      keeperPid: process.ppid,
      plan: () => house.plan,
      compartments: () => house.compartments,
      sample: watch.last,
      children: keeper.list,
      logs: (id, lines) => keeper.logs(processNameOf(id), lines),
      uns: (prefix) => dialIns?.uns(prefix) ?? Promise.resolve([]),
      readiness: isReady,
      poison,
      crashes: crashStore,
      resend: (id, nodeId, message) => dialIns?.resend(id, nodeId, message) ?? Promise.resolve(false),
      stateSaved: async () => {
        const [notWritten] = await Promise.all([stateFile.saved(), crashStore.saved(), suspectFile.saved()]);
        return notWritten;
      },
      metrics: async () => ({ text: await metrics.text(), contentType: metrics.contentType }),
    },
  });
  announce();
}

const allKept = (house: House, keptOf: (compartment: Compartment) => Kept): ReadonlyMap<string, Kept> =>
  new Map([...house.keptUnclaimed, ...[...house.compartments].map(([id, one]): [string, Kept] => [id, keptOf(one)])]);

function keptOf(compartment: Compartment, defaults: SupervisorBoot, defaultPolicy: Policy, run: string): Kept {
  const { planned, restarts, lastExit, pinnedAgainst, down } = compartment;
  return {
    planned,
    limits: differingLimits(compartment.limits, defaults.limits),
    privilege: isDeepStrictEqual(compartment.privilege, defaults.privilege) ? null : compartment.privilege,
    policy: ownPolicy(compartment.policy, defaultPolicy),
    restarts,
    lastExit,
    pinnedAgainst,
    down,
    debug: compartment.debug.all,
    run,
  };
}
