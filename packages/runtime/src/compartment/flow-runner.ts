/**
 * Runs the flows of one slice on `@node-red/runtime`.
 *
 * States: idle → (start) → running → (deploy)* → stopped. Work is done one after the other; a deploy that arrives
 * during another waits for it.
 */
import type { Server } from 'node:http';
import {
  type LiveNode,
  loadNodePrototype,
  type LogMessage,
  loadRuntime,
  loadUtil,
  type NodeRedRuntime,
  type NodeRedSettings,
} from '../node-red/internals.ts';
import { type FailedStart, watchFailedStarts } from '../node-red/failed-starts.ts';
import { isRecord } from '../node-red/is-record.ts';
import type { DeployType, FlowProblem, Slice } from '../protocol/messages.ts';
import { planDeploy } from './deploy-diff.ts';
import { createFlowStore } from './flow-store.ts';
import { compartmentSettings } from './node-red-settings.ts';
import { enterNode, inNode, outsideOfNodes, receive, watchPalettes } from '../node-red/node-trace.ts';
import type { GlobalReplica } from './global-context/replica.ts';
import type { ContextPlace } from './global-context/store.ts';
import { doing } from '../protocol/beats.ts';
import { installPalette, type Palette } from './palette.ts';

/** How starting or deploying ended. Flows with missing types or modules do not start, as in a stock Node-RED. */
export interface FlowsOutcome {
  readonly problems: readonly FlowProblem[];
  readonly missingTypes: readonly string[];
}

/** The slice needs code that cannot be loaded beside what is loaded: the process has to be started anew. */
export class RestartNeeded extends Error {
  readonly code = 'restart-needed';
}

/** A node that runs in this process; never a stand-in. */
export type OwnNode = (id: string) => LiveNode | null;

export interface FlowRunner {
  readonly runtime: NodeRedRuntime;
  readonly ownNode: OwnNode;
  readonly slice: Slice;
  deploy(next: Slice, deployType: DeployType): Promise<FlowsOutcome>;
  stop(): Promise<void>;
}

/** Starts the flows; resolves once they run or once it is known why they cannot. */
export async function startFlows(
  first: Slice,
  server: Server,
  replica: GlobalReplica,
  place: ContextPlace,
  hooks: {
    /** Whether a crash should tell this message. */
    onReceive: (nodeId: string, msg: object) => boolean;
    /** A node is being made or closed; an empty id: no node any more. */
    onEnter: (nodeId: string) => void;
    /** Whether a debug node was switched on or off by its button. */
    debugSwitch: (nodeId: string) => boolean | undefined;
    wantedInLog: (message: LogMessage) => boolean;
    /** Of a node that runs elsewhere, for whoever asks for it here. */
    standIn: (nodeId: string) => LiveNode | null;
    onLoaded: (runtime: NodeRedRuntime, ownNode: OwnNode) => void;
  },
): Promise<{ runner: FlowRunner; outcome: FlowsOutcome }> {
  const runtime = loadRuntime();
  const settings = compartmentSettings(first, createFlowStore(first).module, replica, place, hooks.wantedInLog);
  loadUtil().init(settings);
  const palette = installPalette(first.palette);
  const failedStarts = watchFailedStarts();
  runtime.init(settings, server);
  traceNodes(runtime, hooks);
  const ownNode = findStandIns(runtime, hooks.standIn);
  hooks.onLoaded(runtime, ownNode);

  const started = flowsOutcome(runtime, 'flows:started');
  await runtime.start();
  doing('');
  const outcome = withProblems(await started, [...palette.problems(), ...startProblems(first, failedStarts())]);
  hooks.onEnter('');
  return {
    runner: createRunner({ runtime, ownNode, settings, palette, first, failedStarts, onEnter: hooks.onEnter }),
    outcome,
  };
}

/** Before any node set is loaded: each gets the function that is there by then. */
function findStandIns(runtime: NodeRedRuntime, standIn: (nodeId: string) => LiveNode | null): OwnNode {
  const { nodes } = runtime._;
  const ownNode = nodes.getNode;
  nodes.getNode = (id) => ownNode(id) ?? standIn(id);
  return ownNode;
}

interface Started {
  readonly runtime: NodeRedRuntime;
  readonly ownNode: OwnNode;
  readonly settings: NodeRedSettings;
  readonly palette: Palette;
  readonly first: Slice;
  readonly failedStarts: () => readonly FailedStart[];
  readonly onEnter: (nodeId: string) => void;
}

function createRunner({ runtime, ownNode, settings, palette, first, failedStarts, onEnter }: Started): FlowRunner {
  let slice = first;
  let work: Promise<unknown> = Promise.resolve();

  const deploy = async (next: Slice, deployType: DeployType): Promise<FlowsOutcome> => {
    const outdated = palette.outdatedBy(next.palette);
    if (outdated !== undefined) throw new RestartNeeded(`${outdated.module} was installed in another version`);
    const problems = await palette.add(next.palette);
    doing('');
    settings['bulkheadServices'] = next.services;
    const plan = planDeploy(slice, next, deployType);
    slice = next;
    for (const id of plan.forget) runtime._.nodes.deleteCredentials(id);
    const deployed = flowsOutcome(runtime, 'runtime-deploy');
    await runtime._.nodes.setFlows(plan.flows, plan.credentials, plan.type);
    const outcome = await deployed;
    onEnter('');
    return withProblems(outcome, [...problems, ...startProblems(next, failedStarts())]);
  };

  return {
    runtime,
    ownNode,
    get slice() {
      return slice;
    },
    deploy(next, deployType) {
      const done = work.then(() => outsideOfNodes(() => deploy(next, deployType)));
      work = done.catch(() => {});
      return done;
    },
    stop: () => runtime.stop(),
  };
}

const withProblems = (outcome: FlowsOutcome, problems: readonly FlowProblem[]): FlowsOutcome => ({
  ...outcome,
  problems: [...problems, ...outcome.problems],
});

/** What stands still though Node-RED says that all runs; what is no longer in the flows is nobody's problem. */
function startProblems({ flows }: Slice, failed: readonly FailedStart[]): FlowProblem[] {
  return failed.flatMap(({ id, because }): FlowProblem[] => {
    if (id === 'global') {
      const message = `the config nodes of all tabs were not started: ${because}`;
      return [{ kind: 'globals-not-started', names: '', because, message }];
    }
    const entry = flows.find((candidate) => candidate.id === id);
    if (entry === undefined) return [];
    const names = entry.label || entry.name || id;
    const isTab = entry.type === 'tab';
    const message = `${isTab ? 'tab' : 'subflow instance'} "${names}" was not started: ${because}`;
    return [{ kind: isTab ? 'tab-not-started' : 'subflow-not-started', names, because, message, nodeId: id }];
  });
}

/** Every constructor and every handler runs in an async context that names the node after a crash. */
function traceNodes(
  runtime: NodeRedRuntime,
  { onReceive, onEnter, debugSwitch }: Pick<Parameters<typeof startFlows>[4], 'onReceive' | 'onEnter' | 'debugSwitch'>,
): void {
  const { nodes } = runtime._;
  const createNode = nodes.createNode;
  nodes.createNode = (node, definition) => {
    enterNode(definition.id);
    onEnter(definition.id);
    const active = debugSwitch(definition.id);
    // The constructor of a debug node reads it next, from this same object.
    if (active !== undefined) Object.assign(definition, { active });
    createNode(node, definition);
  };
  watchPalettes();
  const node = loadNodePrototype();
  const close = node.close;
  node.close = function (removed) {
    onEnter(this.id);
    return inNode(this.id, () => close.call(this, removed));
  };
  const handle = node._emitInput;
  node._emitInput = function (message) {
    receive(this, message, handle, onReceive(this.id, message));
  };
}

/**
 * Waits for the end of a start. `flows:started` ends a good one; a `runtime-state` with an error ends one that cannot
 * be; `runtime-deploy` follows both when a deploy was the cause.
 */
function flowsOutcome(runtime: NodeRedRuntime, end: 'flows:started' | 'runtime-deploy'): Promise<FlowsOutcome> {
  return new Promise((resolve) => {
    let failure: FlowsOutcome | undefined;
    const finish = (): void => {
      runtime.events.off('flows:started', onStarted);
      runtime.events.off('runtime-event', onRuntimeEvent);
      resolve(failure ?? { problems: [], missingTypes: [] });
    };
    const onStarted = (): void => {
      if (end === 'flows:started') finish();
    };
    const onRuntimeEvent = (event: unknown): void => {
      if (!isRecord(event)) return;
      if (event['id'] === 'runtime-deploy' && end === 'runtime-deploy') finish();
      if (event['id'] !== 'runtime-state' || !isRecord(event['payload'])) return;
      failure = failureOf(event['payload']) ?? failure;
      if (failure !== undefined && end === 'flows:started') finish();
    };
    runtime.events.on('flows:started', onStarted);
    runtime.events.on('runtime-event', onRuntimeEvent);
  });
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

function failureOf(state: Record<string, unknown>): FlowsOutcome | undefined {
  switch (state['error']) {
    case undefined:
      return undefined;
    case 'missing-types': {
      const missingTypes = texts(state['types']);
      const names = missingTypes.join(', ');
      const message = `flows not started: no palette brings ${names}; install it in the editor (menu, Manage palette) or delete these nodes`;
      return { problems: [{ kind: 'missing-types', names, because: '', message }], missingTypes };
    }
    case 'missing-modules': {
      const modules = Array.isArray(state['modules']) ? state['modules'].filter(isRecord) : [];
      const names = modules.map((module) => String(module['module'])).join(', ');
      const message = `flows not started: npm module ${names} is not installed; add it in the setup of the function node and deploy`;
      return { problems: [{ kind: 'missing-modules', names, because: '', message }], missingTypes: [] };
    }
    default: {
      const because = String(state['error']);
      const message = `flows not started: ${because}`;
      return { problems: [{ kind: 'flows-not-started', names: '', because, message }], missingTypes: [] };
    }
  }
}
