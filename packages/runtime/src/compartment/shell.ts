/**
 * The Node-RED runtime of a process, and what has to exist before it: made before it may be known whose flows it runs.
 *
 *   empty ──rehearse──▶ runs no flows ──deploy──▶ runs a slice
 *     └────────────────────start───────────────────▶
 *
 * A rehearsal starts everything that flows need and no flow: files are read, code is compiled, node types registered.
 * The first slice is then one deploy away.
 */
import { systemClock } from '@bulkhead/core';
import { type LiveNode, loadRuntime, loadUtil, type LogMessage, type NodeRedRuntime } from '../node-red/internals.ts';
import { currentNode, outsideOfNodes } from '../node-red/node-trace.ts';
import { globalBounds } from '../protocol/global-bounds.ts';
import { GlobalReplica, type ReplicaPorts } from './global-context/replica.ts';
import { copyOf } from './global-context/copy-of.ts';
import { createContextPlace } from './global-context/store.ts';
import { createHttpFront, type HttpFront } from './http-front.ts';
import { type FlowRunner, type FlowsOutcome, type OwnNode, startFlows } from './flow-runner.ts';
import type { PaletteEntry, Route, Slice } from '../protocol/messages.ts';

/** The compartment that the runtime belongs to. */
export interface Tenant {
  readonly httpSocket: string;
  onRoutes(routes: readonly Route[]): void;
  readonly globals: Pick<ReplicaPorts, 'send' | 'tell' | 'toldAll'>;
  /** Whether a crash should tell this message. */
  onReceive(nodeId: string, msg: object): boolean;
  onEnter(nodeId: string): void;
  debugSwitch(nodeId: string): boolean | undefined;
  wantedInLog(entry: LogMessage): boolean;
  /** Before any of its flows starts. */
  onLoaded(runtime: NodeRedRuntime, ownNode: OwnNode): void;
  /** Of a node that runs elsewhere. */
  standIn(nodeId: string): LiveNode | null;
}

export interface Shell {
  readonly replica: GlobalReplica;
  readonly front: HttpFront;
  /** Undefined until a slice of the tenant runs. */
  readonly runner: FlowRunner | undefined;
  /** No flows, but these node sets; again with others at will. */
  rehearse(userDir: string, palette: readonly PaletteEntry[]): Promise<void>;
  /** Whose it is; once, before `start`. */
  belongTo(tenant: Tenant): void;
  /** The first slice. */
  start(slice: Slice): Promise<FlowsOutcome>;
}

/** In the log and in the debug sidebar, at the node where there is one. */
function warnOfNode(line: string, nodeId: string | undefined): void {
  const node = nodeId === undefined ? null : loadRuntime()._.nodes.getNode(nodeId);
  if (node) node.warn(line);
  else loadUtil().log.warn(line);
}

export function createShell(): Shell {
  const place = createContextPlace();
  let tenant: Tenant | undefined;
  let rehearsed: Promise<FlowRunner> | undefined;
  let runner: FlowRunner | undefined;

  const replica = new GlobalReplica({
    clock: systemClock,
    bounds: globalBounds,
    copy: copyOf,
    send: (write) => tenant?.globals.send(write) ?? false,
    tell: (known) => tenant?.globals.tell(known) ?? false,
    toldAll: () => tenant?.globals.toldAll(),
    nodeAtWork: currentNode,
    warn: (line, nodeId) => outsideOfNodes(() => warnOfNode(line, nodeId)),
  });
  const front = createHttpFront(
    () => tenant?.httpSocket ?? '',
    (routes) => tenant?.onRoutes(routes),
  );
  const hooks = {
    onReceive: (nodeId: string, msg: object) => tenant?.onReceive(nodeId, msg) ?? true,
    onEnter: (nodeId: string) => tenant?.onEnter(nodeId),
    debugSwitch: (nodeId: string) => tenant?.debugSwitch(nodeId),
    wantedInLog: (entry: LogMessage) => tenant?.wantedInLog(entry) ?? entry.level <= 20,
    onLoaded: (runtime: NodeRedRuntime, ownNode: OwnNode) => tenant?.onLoaded(runtime, ownNode),
    standIn: (nodeId: string) => tenant?.standIn(nodeId) ?? null,
  };

  async function first(slice: Slice): Promise<{ runner: FlowRunner; outcome: FlowsOutcome }> {
    if (rehearsed === undefined) {
      await place.moveTo(slice.directory);
      return startFlows(slice, front.server, replica, place, hooks);
    }
    const ready = await rehearsed;
    await place.moveTo(slice.directory);
    tenant?.onLoaded(ready.runtime, ready.ownNode);
    return { runner: ready, outcome: await ready.deploy(slice, 'full') };
  }

  return {
    replica,
    front,
    get runner() {
      return runner;
    },
    async rehearse(userDir, palette) {
      const blank: Slice = {
        compartmentId: '',
        hash: '',
        flows: [],
        credentials: {},
        palette,
        userDir,
        directory: '',
        services: {},
      };
      const before = rehearsed;
      rehearsed =
        before === undefined
          ? startFlows(blank, front.server, replica, place, hooks).then((started) => started.runner)
          : before.then(async (known) => {
              await known.deploy(blank, 'full');
              return known;
            });
      await rehearsed;
    },
    belongTo(owner) {
      tenant = owner;
    },
    async start(slice) {
      const started = await first(slice);
      runner = started.runner;
      return started.outcome;
    },
  };
}
