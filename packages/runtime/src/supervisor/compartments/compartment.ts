import type { Timer } from '@bulkhead/core';
import type { Launcher } from '../../protocol/boot.ts';
import type {
  ChildExit,
  ChildStatus,
  DeployType,
  DrainPhase,
  FlowProblem,
  FromCompartment,
  Hello,
  LinkCounts,
  RelayedEvent,
  Slice,
} from '../../protocol/messages.ts';
import type { PlannedCompartment } from '../plan/partition.ts';
import type { Privilege } from '../../protocol/privilege.ts';
import { type Grants, plainGrants } from '../plan/grants.ts';
import { type CompartmentState, type Down, pidOf } from './compartment-state.ts';
import { type LastExit, lastExitOf } from './last-exit.ts';
import { SignsOfLife } from './signs-of-life.ts';
import { endedAsAsked } from '../../protocol/exit-detail.ts';
import { startWarning } from '../../protocol/start-warning.ts';
import type { CrashReport } from '../crashes/crash-report.ts';
import { crashStatus, recoveryStatus } from './crash-status.ts';
import { crashNotice } from './crash-notice.ts';
import { DebugSwitches } from './debug-switches.ts';
import { drawnNode } from './drawn-node.ts';
import { createDrainWaiters, type DrainWaiters } from './drain-waiters.ts';
import { byEngine, type Limits, type LimitsBy, watchdogOnly } from '../../protocol/limits.ts';
import { createNodeStatusMemory } from './node-status-memory.ts';
import type { Policy } from './policy.ts';
import type { CompartmentPorts, Link } from './ports.ts';
import { LivedTimer } from './lived-timer.ts';
import { ProcessGrants } from './process-grants.ts';
import { afterExit, cleanHistory, defaultRestartPolicy } from './restart-policy.ts';
import { SliceHistory } from './slice-history.ts';

export interface Telemetry {
  readonly eventLoopP99Ms: number;
  readonly heapUsedBytes: number;
  readonly messagesReceived: number;
  readonly debugDropped: number;
  readonly logDropped: number;
  readonly links: LinkCounts;
  readonly process?: { readonly rssBytes: number; readonly cpuPercent: number };
}

const startupLimitMs = 30_000;
const moveDeadlineMs = 10_000;
/** For what was about to end when the supervisor was killed. */
const restEndsWithinMs = 10_000;
const regrantDeadlineMs = 5_000;
const contained: Grants = { ...plainGrants, unconfinedBecause: 'its container is the wall around it' };

/** One compartment: its plan and slice, the life of its process, and what it last said. Deciding is done elsewhere; this does it. */
export class Compartment {
  planned: PlannedCompartment;
  limits: Limits;
  /** Counts from the next start on. */
  privilege: Privilege;
  /** What holds the process that runs to its limits. */
  limitsBy: LimitsBy = watchdogOnly;
  policy: Policy;
  /** Of its last start, also where its tabs ask for another by now. */
  launcher: Launcher;
  state: CompartmentState = { kind: 'stopped' };
  restarts = 0;
  startedAt: number | null = null;
  /** From the start of the process until its flows ran, ms; null when it was adopted. */
  readyAfterMs: number | null = null;
  lastExit: LastExit | null = null;
  telemetry: Telemetry | null = null;
  readonly #life = new SignsOfLife();
  problems: readonly FlowProblem[] = [];
  missingTypes: readonly string[] = [];
  readonly statuses = createNodeStatusMemory();
  readonly debug = new DebugSwitches();
  readonly #ports: CompartmentPorts;
  readonly #drains: DrainWaiters;
  readonly #slices: SliceHistory;
  readonly #lived: LivedTimer;
  #runningHash: string | null = null;
  #link: Link | null = null;
  readonly #granted = new ProcessGrants();
  #history = cleanHistory;
  #wanted = true;
  #isPutDown = false;
  /** How often it was started, stopped or restarted by somebody. */
  #orders = 0;
  #restartNeeded = false;
  #exactNext = false;
  #timer: Timer | null = null;
  #waiters: (() => void)[] = [];
  #settled: (() => void)[] = [];
  /** What has to be before a fresh process gets its slice; null once it was. */
  #before: Promise<void> | null = null;

  constructor(
    planned: PlannedCompartment,
    limits: Limits,
    policy: Policy,
    privilege: Privilege,
    ports: CompartmentPorts,
    pinnedAgainst: string | null = null,
  ) {
    this.planned = planned;
    this.limits = limits;
    this.policy = policy;
    this.privilege = privilege;
    this.#ports = ports;
    this.launcher = this.#wantedLauncher;
    this.#drains = createDrainWaiters(ports.clock);
    this.#slices = new SliceHistory(pinnedAgainst);
    this.#lived = new LivedTimer(ports.clock, defaultRestartPolicy.shortLifeMs, () => {
      this.#noteLived();
      this.#ports.changed();
    });
  }

  get id(): string {
    return this.planned.id;
  }

  get #wantedLauncher(): Launcher {
    const { launcher } = this.policy;
    return launcher === 'default' ? (this.planned.launcher ?? this.#ports.defaultLauncher) : launcher;
  }

  get sliceHash(): string | null {
    return this.#runningHash ?? this.slice?.hash ?? null;
  }

  /** What its process may do once it runs its slice; null before it has one. */
  get grants(): Grants | null {
    if (this.launcher === 'container') return contained;
    return this.slice && this.#ports.grantsOf(this.slice, this.privilege);
  }

  get slice(): Slice | null {
    return this.#slices.current;
  }

  /** Hash of the deployed slice that was rolled back; null when the deployed one is what runs. */
  get pinnedAgainst(): string | null {
    return this.#slices.pinnedAgainst;
  }

  get crashes(): readonly CrashReport[] {
    return this.#ports.crashes.reports(this.id);
  }

  /** There are earlier flows that lived. */
  get canRollBack(): boolean {
    return this.#slices.canRollBack;
  }

  /** The flows that lived last, as an earlier supervisor kept them; before the first deploy. */
  recall(lived: Slice): void {
    this.#slices.recall(lived);
  }

  /** Gives it new flows. Unchanged flows touch nothing; changed ones, and "restart flows", also end a quarantine or a stop. */
  deploy(planned: PlannedCompartment, slice: Slice, deployType: DeployType): void {
    this.#noteLived();
    this.planned = planned;
    const before = this.slice;
    const changed = this.#slices.deploy(slice, this.#runningHash) || deployType === 'reload';
    if (changed) this.debug.deployed(before, slice, deployType);
    this.#ports.crashes.runs(this.id, this.#slices.flowsHash);
    // One that was adopted before anybody knew its flows.
    if (this.state.kind === 'running') this.#countLife(this.state.readyAt);
    if (!this.#move() && changed) this.#redeploy(deployType);
    this.#ports.changed();
  }

  /** Its next process gets its flows only after this; does nothing to one that runs or starts. */
  startAfter(others: Promise<void>): void {
    if (this.state.kind === 'starting' || this.state.kind === 'running') return;
    const before = others.then(() => {
      if (this.#before !== before) return;
      this.#before = null;
      if (this.state.kind === 'starting') this.#sendSlice('load');
    });
    this.#before = before;
  }

  /** A debug node was switched by its button: it stays so over restarts, until it is deployed. */
  switchDebug(nodeIds: readonly string[], active: boolean): void {
    this.debug.switched(nodeIds, active);
    this.#ports.changed();
  }

  /** Resolves when it is not, or no longer, starting: it runs, or it fell. */
  settled(): Promise<void> {
    if (this.state.kind !== 'starting') return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /** Starts the process unless it runs. A person's start, or a deploy, forgives earlier short lives. */
  start(): void {
    this.#orders += 1;
    this.#wanted = true;
    this.#isPutDown = false;
    if (this.state.kind === 'starting' || this.state.kind === 'running') return;
    this.#history = cleanHistory;
    this.#launch();
  }

  /** Closes its nodes and ends it; kills it at the deadline. Resolves when the process is gone. */
  stop(deadlineMs: number): Promise<void> {
    this.#orders += 1;
    this.#wanted = false;
    return this.#end(deadlineMs);
  }

  /** As `stop`, for a person: it stays down over a restart of the supervisor, also of one that comes while it ends. */
  putDown(deadlineMs: number): Promise<void> {
    this.#isPutDown = true;
    this.#ports.changed();
    return this.stop(deadlineMs);
  }

  async restart(deadlineMs: number): Promise<void> {
    this.#wanted = false;
    const order = (this.#orders += 1);
    await this.#end(deadlineMs);
    // Meanwhile a person may have stopped it, or a deploy removed it: the last word counts.
    if (order === this.#orders) this.start();
  }

  /** Set while it is down on purpose; null while it runs, or would run again by itself. */
  get down(): Down | null {
    const { state, sliceHash } = this;
    if (sliceHash === null) return null;
    if (state.kind === 'quarantined') return { sliceHash, quarantinedBecause: state.because };
    return this.#isPutDown ? { sliceHash, quarantinedBecause: null } : null;
  }

  /** What an earlier supervisor left down stays down as long as its flows are the same. */
  stayDown({ sliceHash, quarantinedBecause }: Down): void {
    this.#wanted = quarantinedBecause !== null;
    this.#isPutDown = quarantinedBecause === null;
    this.#runningHash = sliceHash;
    this.state =
      quarantinedBecause === null ? { kind: 'stopped' } : { kind: 'quarantined', because: quarantinedBecause };
    if (quarantinedBecause !== null && this.lastExit) this.#showStatus(crashStatus(this.lastExit));
  }

  /** Goes back to the last flows that lived; false when there are none. The editor keeps the edit. */
  rollback(): boolean {
    this.#noteLived();
    if (!this.#slices.rollback()) return false;
    this.#ports.log(`compartment ${this.planned.name} is rolled back to the flows that last ran`);
    this.#ports.crashes.runs(this.id, this.#slices.flowsHash);
    this.#wanted = true;
    this.#isPutDown = false;
    this.#redeploy('full');
    this.#ports.changed();
    return true;
  }

  /** A process that an earlier supervisor started is alive: expect it to dial in, or end what was about to end. */
  expect({ pid, startedAt, limitsBy }: Pick<ChildStatus, 'pid' | 'startedAt' | 'limitsBy'>): void {
    this.startedAt = startedAt;
    this.heldBy(limitsBy);
    this.#granted.forget();
    this.#enter({ kind: 'starting', pid, since: this.#ports.clock.now() });
    if (this.#isPutDown) void this.#end(restEndsWithinMs);
    else this.#watchStartup();
  }

  /** What the keeper says: of a container it knows only the program that keeps it. */
  heldBy(limitsBy: LimitsBy): void {
    this.limitsBy = this.launcher === 'container' ? byEngine : limitsBy;
  }

  setPrivilege(privilege: Privilege): void {
    this.privilege = privilege;
    this.#ports.changed();
  }

  setLimits(limits: Limits): void {
    this.limits = limits;
    this.#ports.applyLimits(this.id, limits);
    this.#sendLimits();
    this.#ports.changed();
  }

  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.#move();
    this.#ports.changed();
  }

  /** The process dialled in: a fresh one gets its slice, one that has been running is adopted as it is. */
  attach(link: Link, hello: Hello): void {
    this.#link?.close();
    this.#link = link;
    this.#granted.saidByProcess(hello.grants);
    // Those that it was started with may have changed before it dialled in.
    this.#sendLimits();
    if (hello.running) {
      this.#runningHash = hello.running.sliceHash;
      this.startedAt ??= hello.running.readyAt;
      this.#enter({ kind: 'running', pid: hello.pid, readyAt: hello.running.readyAt });
      this.#countLife(hello.running.readyAt);
      if (this.slice && this.#slices.pinnedAgainst === null && this.slice.hash !== this.#runningHash) {
        this.#sendSlice('flows');
      }
      return;
    }
    this.#runningHash = null;
    this.#sendSlice('load');
  }

  detach(link: Link): void {
    if (this.#link === link) this.#link = null;
  }

  receive(message: FromCompartment): void {
    this.#life.heard();
    switch (message.type) {
      case 'ready':
        return this.#becomeReady(message);
      case 'events':
        return this.#showStatus(message.events);
      case 'telemetry':
        this.telemetry = message;
        return;
      case 'drained':
        return this.#drains.answered(message.phase, message.complete);
      case 'restart-needed':
        this.#ports.log(`compartment ${this.planned.name} starts again: ${message.because}`);
        this.#restartNeeded = true;
        return;
      case 'hello':
      case 'prepared':
      case 'global-write':
      case 'global-known':
      case 'globals-known':
      case 'routes':
      case 'reply':
        return;
    }
  }

  /** Asks for one phase of a clean stop; false when it was not completed within the deadline. */
  drain(phase: DrainPhase, deadlineMs: number): Promise<boolean> {
    const link = this.#link;
    if (!link || this.state.kind !== 'running') return Promise.resolve(false);
    // The compartment keeps the deadline itself; the margin is for its answer.
    const done = this.#drains.wait(phase, deadlineMs + 500);
    if (!link.send({ type: 'drain', phase, deadlineMs })) this.#drains.answered(phase, false);
    return done;
  }

  /** It runs, and has not been heard of for a while: a node works hard, or hangs. */
  get isSilent(): boolean {
    return this.state.kind === 'running' && this.#life.isSilent;
  }

  /** 99th percentile of the last second; of a loop that does not turn how long it has not. Null before it is known. */
  get eventLoopP99Ms(): number | null {
    if (this.telemetry === null) return null;
    return this.isSilent ? Math.round(this.#life.silentMs) : this.telemetry.eventLoopP99Ms;
  }

  /** The keeper says that the process ended. */
  exited(exit: ChildExit): void {
    // After a restart of the supervisor the keeper may tell of an exit that was dealt with already.
    const pid = pidOf(this.state);
    if (pid === null ? this.state.kind !== 'starting' : pid !== exit.pid) return;
    const readyAt = this.state.kind === 'running' ? this.state.readyAt : exit.endedAt;
    this.#noteLived();
    this.#lived.ended();
    this.#clearTimer();
    this.#link?.close();
    this.#link = null;
    this.#runningHash = null;
    this.telemetry = null;
    this.#life.gone();
    this.problems = [];
    this.missingTypes = [];
    this.#ports.show([...this.statuses.clear(), startWarning(this.id, [])]);
    this.#drains.gone();
    for (const done of this.#waiters.splice(0)) done();
    if (!this.#wanted) return this.#enter({ kind: 'stopped' });
    if (this.#restartNeeded || exit.detail === endedAsAsked) return this.#launch();
    const node = exit.nodeId ? drawnNode(this.slice?.flows ?? [], exit.nodeId) : undefined;
    const report = this.#ports.crashes.add(this.id, exit, node, this.#slices.flowsHash);
    // In a flood of messages not even an exception knows which one it was.
    const isUnclear = report.nodeId !== undefined && report.message === null;
    this.#exactNext ||= exit.reason === 'hang' || exit.reason === 'out-of-memory' || isUnclear;
    this.lastExit = lastExitOf(exit, node, report.nodeIsExact);
    this.#showStatus(crashStatus(report));
    const rolledBack = this.#afterCrash(exit.endedAt - readyAt);
    this.#ports.show([crashNotice(this.planned, report, rolledBack ? 'rolled-back' : this.state.kind)]);
  }

  /** From when what runs was ready; not of flows that were deployed away meanwhile. */
  #countLife(at?: number): void {
    const { flowsHash } = this.#slices;
    if (flowsHash !== null && this.#runningHash === this.slice?.hash) this.#lived.ready(flowsHash, at);
  }

  #noteLived(): void {
    if (this.#lived.isGood && this.state.kind === 'running' && this.#runningHash === this.slice?.hash) {
      const lived = this.#slices.noteLived();
      if (lived !== null) this.#ports.keepLived(lived);
    }
  }

  /** What runs as a process cannot become a container: it starts anew. False where it is as it should be. */
  #move(): boolean {
    const runs = this.state.kind === 'running' || this.state.kind === 'starting';
    if (!runs || this.launcher === this.#wantedLauncher) return false;
    void this.restart(moveDeadlineMs);
    return true;
  }

  #redeploy(deployType: DeployType): void {
    switch (this.state.kind) {
      case 'running':
      case 'starting':
        if (this.#wanted) return this.#sendSlice(deployType);
        // What ends just now starts again with the new flows.
        this.#wanted = true;
        this.#isPutDown = false;
        this.#restartNeeded = true;
        return;
      case 'backing-off':
      case 'quarantined':
      case 'stopped':
        return this.start();
    }
  }

  /** True when it went back to earlier flows for it. */
  #afterCrash(livedMs: number): boolean {
    const { decision, history } = afterExit(defaultRestartPolicy, this.#history, livedMs, () => this.#ports.random());
    this.#history = history;
    if (decision.kind === 'quarantine') {
      const because = `${history.shortLives} short lives in a row`;
      // What lived once may fall too: then there is nothing older, and it ends here.
      if (this.policy.onCrashLoop === 'rollback' && this.#slices.rollback()) {
        this.#ports.log(`compartment ${this.planned.name} is rolled back to the flows that last ran: ${because}`);
        this.#ports.crashes.runs(this.id, this.#slices.flowsHash);
        this.#history = cleanHistory;
        this.restarts += 1;
        this.#launch();
        return true;
      }
      this.#enter({ kind: 'quarantined', because });
      return false;
    }
    const again = (): void => {
      this.restarts += 1;
      this.#launch();
    };
    if (decision.delayMs === 0) {
      again();
      return false;
    }
    this.#enter({ kind: 'backing-off', until: this.#ports.clock.now() + decision.delayMs });
    this.#timer = this.#ports.clock.setTimeout(again, decision.delayMs);
    return false;
  }

  #showStatus(events: readonly RelayedEvent[]): void {
    this.statuses.note(events);
    this.#ports.show(events);
  }

  #launch(): void {
    this.#restartNeeded = false;
    if (this.#slices.giveUpLostPin())
      this.#ports.log(
        `compartment ${this.planned.name} runs what is deployed: the flows before it are not known any more`,
      );
    this.launcher = this.#wantedLauncher;
    this.#enter({ kind: 'starting', pid: null, since: this.#ports.clock.now() });
    const { limits, launcher } = this;
    const grants = this.grants ?? plainGrants;
    this.#granted.started(grants);
    this.#ports.startProcess(this.id, { limits, launcher, traceExactly: this.#exactNext, grants }).then(
      ({ pid, startedAt, limitsBy }) => {
        this.startedAt = startedAt;
        this.heldBy(limitsBy);
        if (this.state.kind === 'starting') {
          this.#enter({ ...this.state, pid });
          // It may have waited for its turn.
          this.#watchStartup();
        } else if (this.state.kind === 'running') this.#enter({ ...this.state, pid });
      },
      (error: unknown) => {
        this.#ports.log(
          `compartment ${this.planned.name} could not be started: ${error instanceof Error ? error.message : String(error)}`,
        );
        this.#enter({ kind: 'quarantined', because: 'its process could not be started' });
      },
    );
    this.#watchStartup();
  }

  #watchStartup(): void {
    this.#clearTimer();
    this.#timer = this.#ports.clock.setTimeout(() => {
      // Without a slice it waits for the editor, which is nobody's fault here.
      if (this.slice === null || pidOf(this.state) === null) return this.#watchStartup();
      const detail = `its flows were not ready within ${startupLimitMs / 1000} s`;
      this.#ports.kill(this.id, 'SIGKILL', { reason: 'startup-failed', detail });
    }, startupLimitMs);
  }

  #sendLimits(): void {
    const { logPerSecond, debugPerSecond } = this.limits;
    this.#link?.send({ type: 'limits', logPerSecond, debugPerSecond });
  }

  #sendSlice(deployType: DeployType): void {
    const { slice } = this;
    const lacks = slice ? this.#granted.lacks(this.grants) : null;
    if (lacks !== null) {
      this.#ports.log(`compartment ${this.planned.name} starts again, for what a process may do is fixed: ${lacks}`);
      void this.restart(regrantDeadlineMs);
      return;
    }
    if (slice && this.#link && this.#before === null)
      this.#link.send({ type: 'slice', slice, deployType, debug: this.debug.all });
  }

  #becomeReady(message: Extract<FromCompartment, { type: 'ready' }>): void {
    const returned = this.state.kind === 'starting' && this.lastExit !== null && this.restarts > 0;
    this.#clearTimer();
    this.#runningHash = message.sliceHash;
    this.#countLife();
    this.problems = message.problems;
    this.missingTypes = message.missingTypes;
    const pid = pidOf(this.state) ?? 0;
    if (this.state.kind !== 'running') {
      const readyAt = this.#ports.clock.now();
      this.readyAfterMs = this.startedAt === null ? null : readyAt - this.startedAt;
      this.#enter({ kind: 'running', pid, readyAt });
    }
    if (returned && this.lastExit) this.#showStatus(recoveryStatus(this.lastExit));
    for (const problem of message.problems) this.#ports.log(`compartment ${this.planned.name}: ${problem.message}`);
  }

  #end(deadlineMs: number): Promise<void> {
    this.#clearTimer();
    const isUp = this.state.kind === 'starting' || this.state.kind === 'running';
    if (!isUp || (pidOf(this.state) === null && this.#ports.giveUpStart?.(this.id) === true)) {
      this.#enter({ kind: 'stopped' });
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = this.#ports.clock.setTimeout(() => this.#ports.kill(this.id, 'SIGKILL'), deadlineMs);
      this.#waiters.push(() => {
        this.#ports.clock.clearTimeout(timer);
        resolve();
      });
      if (!this.#link?.send({ type: 'stop', deadlineMs: Math.max(0, deadlineMs - 500) }))
        this.#ports.kill(this.id, 'SIGTERM');
    });
  }

  #enter(state: CompartmentState): void {
    this.state = state;
    if (state.kind !== 'starting') for (const done of this.#settled.splice(0)) done();
    this.#ports.changed();
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
