/**
 * One compartment: waits for its slice, runs it, and answers the supervisor for as long as there is one.
 *
 * waiting → (slice) → running → (slice)* → (stop) → ended. Losing the supervisor changes nothing: the flows run on, the
 * connection is dialled again, and a new supervisor is told what is running.
 */
import { setTimeout as setTimeoutAsync } from 'node:timers/promises';
import { ownEntry } from '../node-red/own-entry.ts';
import { errorMessage, isRecord } from '@bulkhead/core';
import { outsideOfNodes } from '../node-red/node-trace.ts';
import { entered, lastWords } from '../protocol/beats.ts';
import { endedAsAsked } from '../protocol/exit-detail.ts';
import { startWarning } from '../protocol/start-warning.ts';
import { answerCall } from '../protocol/peer.ts';
import { dispatchToApp } from '../node-red/app-dispatch.ts';
import { type LiveNode, loadRuntime } from '../node-red/internals.ts';
import {
  bridgeType,
  type ContextRequest,
  type DrainPhase,
  type FromCompartment,
  protocolVersion,
  type ToCompartment,
} from '../protocol/messages.ts';
import type { PerSecondLimit } from '../node-red/per-second-limit.ts';
import { createReceipts } from './receipts.ts';
import { createBeatWriter } from './beat-writer.ts';
import type { CompartmentBoot } from './boot.ts';
import type { CrashReporter } from '../node-red/crash-reporter.ts';
import { freeChildren } from './permission.ts';
import { onDenial, showDenial } from './denials.ts';
import { drainPhase, untilListening } from './drain.ts';
import { createEventRelay, type EventRelay } from './event-relay.ts';
import { type FlowRunner, type FlowsOutcome, RestartNeeded } from './flow-runner.ts';
import { registerBridgeNodes } from './links/bridge-nodes.ts';
import { createLinkStatus } from './links/link-status.ts';
import { openLinks } from './links/links.ts';
import { moveFiles } from './reach.ts';
import type { Blot } from './in-hand/blot.ts';
import { secretsIn } from './in-hand/secrets.ts';
import { fromTagged } from './in-hand/tagged.ts';
import { openInHandTrace } from './in-hand/trace.ts';
import type { Shell } from './shell.ts';
import type { Connect, SupervisorConnection } from './supervisor-connection.ts';
import { tidyHeapOnceQuiet } from './tidy-heap.ts';
import { startTelemetry } from './telemetry.ts';
import { showErrorsInSidebar } from './sidebar-errors.ts';

type SliceMessage = Extract<ToCompartment, { type: 'slice' }>;
type ReadyMessage = Extract<FromCompartment, { type: 'ready' }>;

/** A broker on the same machine grants a subscription within 100 ms; one that is away must not hold up the flows. */
const listenLimitMs = 2_000;
/** What was written to the global context last is handed to the supervisor before the process ends. */
const handOverLimitMs = 3_000;

export interface Compartment {
  /** Closes all nodes, within the deadline, and ends the process with code 0. */
  stop(deadlineMs: number): Promise<never>;
}

/** What there is before the flows: how the process ends, and what it prints. */
export interface OwnProcess {
  readonly reporter: CrashReporter;
  readonly blot: Blot;
  readonly output: PerSecondLimit;
}

export function openCompartment(
  boot: CompartmentBoot,
  { reporter, blot, output }: OwnProcess,
  connect: Connect,
  shell: Shell,
): Compartment {
  let relay: EventRelay | undefined;
  let ready: ReadyMessage | undefined;
  let readyAt = 0;
  let debugPerSecond = boot.debugLimitPerSecond;
  let debugSwitches: Readonly<Record<string, boolean>> = {};
  let standIn = (_nodeId: string): LiveNode | null => null;
  let stopping = false;
  let work: Promise<void> = Promise.resolve();

  if (!boot.confinesChildren) freeChildren();
  const beats = createBeatWriter({ exact: boot.traceExactly });
  const inHand = openInHandTrace({ directory: boot.directory, exact: boot.traceExactly });
  const receipts = createReceipts({ exact: boot.traceExactly, beats, inHand });
  reporter.beforeDeath(({ nodeId, message }) => inHand.died(nodeId, message));
  const send = (message: FromCompartment): boolean => link.send(message);
  const { front, replica } = shell;
  const links = openLinks(boot, (line) => console.log(line));
  onDenial((denied) => {
    // There is no runner yet while the nodes of the first slice are made.
    const runtime = loadRuntime();
    showDenial(denied, runtime._.nodes.getNode(denied.nodeId), runtime.events);
  });
  const linkStatus = createLinkStatus(links.health, (nodeId, status) => {
    const { events, _: internals } = shell.runner?.runtime ?? {};
    const node = internals?.nodes.getNode(nodeId);
    // A bridge shows it on the node it leads to; the status nodes of the tab are not told: they have bridges as well.
    if (node?.type === bridgeType) events?.emit('node-status', { id: nodeId, status });
    else node?.status(status);
  });
  output.setLimit(boot.logLimitPerSecond);
  shell.belongTo({
    httpSocket: boot.httpSocket,
    onRoutes: (routes) => send({ type: 'routes', socketPath: boot.httpSocket, routes }),
    globals: {
      send: (write) => send({ type: 'global-write', ...write }),
      tell: (known) => send({ type: 'global-known', ...known }),
      toldAll: () => void send({ type: 'globals-known' }),
    },
    onReceive: receipts.received,
    onEnter: entered,
    debugSwitch: (nodeId) => ownEntry(debugSwitches, nodeId),
    // Node-RED's own chatter about its start says nothing about the flow.
    wantedInLog: (entry) => ready !== undefined || entry.id !== undefined || entry.level <= 20,
    standIn: (nodeId) => standIn(nodeId),
    onLoaded(runtime, ownNode) {
      standIn = registerBridgeNodes(runtime, ownNode, links, linkStatus);
      relay = createEventRelay({
        events: runtime.events,
        debugLimitPerSecond: debugPerSecond,
        starting: () => ready === undefined,
        send: (events) => send({ type: 'events', events }),
      });
      // Before the flows start: nodes warn while they are made.
      showErrorsInSidebar(runtime.events);
    },
  });

  const link: SupervisorConnection = connect({
    hello: () => ({
      type: 'hello',
      protocol: protocolVersion,
      role: 'compartment',
      id: boot.id,
      token: boot.token,
      pid: boot.contained?.pid ?? process.pid,
      grants: boot.grants,
      ...(ready === undefined ? {} : { running: { sliceHash: ready.sliceHash, readyAt } }),
    }),
    onOpen() {
      replica.connected();
      if (ready === undefined) return;
      front.resend();
      send(ready);
      relay?.resend();
    },
    onMessage,
  });
  startTelemetry(
    () => ({
      messagesReceived: receipts.count,
      debugDropped: relay?.debugDropped ?? 0,
      logDropped: output.droppedInTotal,
      links: links.counts(),
    }),
    (message) => send(message),
    boot.contained !== null,
  );
  // Nodes may add routes at any time; a look at the router costs microseconds.
  setInterval(() => void refreshRoutes(), 1000);

  async function refreshRoutes(): Promise<void> {
    const { runner } = shell;
    if (runner === undefined || ready === undefined) return;
    await front
      .refresh(runner.runtime.httpNode, runner.slice.flows)
      .catch((error: unknown) => console.error(`its HTTP routes cannot be served: ${errorMessage(error)}`));
  }

  function onMessage(message: ToCompartment): void {
    switch (message.type) {
      case 'slice':
        work = work
          .then(() => {
            const slice = { ...message.slice, directory: boot.directory };
            return takeSlice({ ...message, slice: moveFiles(slice, boot.contained) });
          })
          .catch(giveUp);
        return;
      case 'admin-request':
        void answerCall(link, message.callId, () => dispatchToApp(running().runtime.httpAdmin, message.request));
        return;
      case 'context':
        void answerCall(link, message.callId, () => answerContext(message.request));
        return;
      case 'limits':
        output.setLimit(message.logPerSecond);
        debugPerSecond = message.debugPerSecond;
        relay?.setDebugLimit(debugPerSecond);
        return;
      case 'resend':
        void answerCall(link, message.callId, () => resend(message.nodeId, message.message));
        return;
      case 'drain':
        void drain(message.phase, message.deadlineMs);
        return;
      case 'stop':
        // It ends with code 0, as if by itself.
        lastWords({ reason: 'exit', detail: endedAsAsked });
        void stop(message.deadlineMs);
        return;
      case 'globals':
        return replica.apply(message.entries);
      case 'globals-told':
        return replica.told(message.complete);
      case 'prepare':
      case 'become':
      case 'welcome':
      case 'refused':
        return;
    }
  }

  function running(): FlowRunner {
    const { runner } = shell;
    if (runner === undefined) throw Object.assign(new Error('the flows are not running yet'), { code: 'not-ready' });
    return runner;
  }

  async function takeSlice({ slice, deployType, debug = {} }: SliceMessage): Promise<void> {
    if (stopping) return;
    debugSwitches = debug;
    const { runner } = shell;
    const unchanged = runner?.slice.hash === slice.hash && deployType !== 'full' && deployType !== 'reload';
    if (unchanged && ready !== undefined) return void send(ready);
    inHand.hide(secretsIn(slice));
    blot.hide(slice);
    let outcome: FlowsOutcome;
    if (runner === undefined) {
      outcome = await shell.start(slice);
      tidyHeapOnceQuiet(() => receipts.count);
      await untilListening(running().runtime.events, listenLimitMs);
    } else {
      links.hold();
      outcome = await runner.deploy(slice, deployType);
    }
    links.use(running().runtime, slice);
    await announce(slice.hash, outcome);
  }

  async function announce(sliceHash: string, { problems, missingTypes }: FlowsOutcome): Promise<void> {
    for (const problem of problems) console.log(`[error] ${problem.message}`);
    ready = { type: 'ready', sliceHash, problems, missingTypes };
    readyAt = Date.now();
    // Ready means that its routes answer too.
    await refreshRoutes();
    send(ready);
    relay?.announce(startWarning(boot.id, problems));
  }

  function giveUp(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof RestartNeeded) {
      send({ type: 'restart-needed', because: message });
      lastWords({ reason: 'exit', detail: `asks for a restart: ${message}` });
      void stop(5000);
      return;
    }
    console.error(error);
    lastWords({ reason: 'startup-failed', detail: message });
    reporter.exit(1);
  }

  function answerContext({ operation, ...where }: ContextRequest): Promise<unknown> {
    const { context } = running().runtime;
    return operation === 'get' ? context.getValue(where) : context.delete(where);
  }

  function resend(nodeId: string, message: unknown): boolean {
    const node = running().runtime._.nodes.getNode(nodeId);
    const msg = fromTagged(message);
    if (node === null || !isRecord(msg)) return false;
    outsideOfNodes(() => node.receive(msg));
    return true;
  }

  async function drain(phase: DrainPhase, deadlineMs: number): Promise<void> {
    await work;
    const { runner } = shell;
    const complete =
      phase === 'link'
        ? await links.drained(deadlineMs)
        : runner === undefined || (await drainPhase(runner.runtime.events, phase, deadlineMs));
    send({ type: 'drained', phase, complete });
  }

  async function stop(deadlineMs: number): Promise<never> {
    const timer = setTimeout(() => reporter.exit(0), deadlineMs);
    if (!stopping) {
      stopping = true;
      await work;
      await shell.runner?.stop().catch((error: unknown) => console.error(error));
      await Promise.race([replica.settled(), setTimeoutAsync(handOverLimitMs)]);
      relay?.stop();
      linkStatus.stop();
      links.close();
      front.close();
      beats.stop();
      inHand.close();
    } else {
      await new Promise(() => {});
    }
    clearTimeout(timer);
    // Exits after what was printed has left; pipes are written synchronously on Linux, on Windows they are not.
    return new Promise<never>((_, reject) => {
      process.stdout.write('', () => {
        try {
          reporter.exit(0);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  return { stop };
}
