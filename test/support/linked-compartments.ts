/** One flow file over real compartment processes, each with a fake supervisor, joined by their own link sockets. */
import path from 'node:path';
import type { FlowNode, PaletteEntry } from '../../packages/runtime/src/protocol/messages.ts';
import { linkSocketName } from '../../packages/runtime/src/protocol/socket-name.ts';
import { deriveToken } from '../../packages/runtime/src/protocol/token.ts';
import { indexFlows } from '../../packages/runtime/src/supervisor/plan/flow-index.ts';
import { partition } from '../../packages/runtime/src/supervisor/plan/partition.ts';
import { cutSlice } from '../../packages/runtime/src/supervisor/plan/slice.ts';
import { type CompartmentUnderTest, coreSet, linkSecret, startCompartment, testSet } from './compartment.ts';
import { until } from './until.ts';

export interface LinkedCompartments {
  /** The compartment that runs this tab, or has this id. */
  tab(tabId: string): CompartmentUnderTest;
  linkSocket(tabId: string): string;
  /** A value of the flow context of a tab, parsed; undefined while there is none. */
  flowValue(tabId: string, key: string): Promise<unknown>;
  /** The same, once there is one. */
  eventually(tabId: string, key: string, deadlineMs?: number): Promise<unknown>;
  /** The last telemetry of the compartment of a tab. */
  links(tabId: string): { sent: number; received: number; dropped: number; queued: number };
  /** Kills the process of a tab; its directory and sockets stay as they are. */
  kill(tabId: string): Promise<void>;
  /** Starts it again, where it was, with the slice it had. */
  start(tabId: string): Promise<void>;
  /** A full deploy of what it runs: every node is closed and constructed anew. */
  redeploy(tabId: string): Promise<void>;
  close(): Promise<void>;
}

/** The flow file is cut up as the supervisor does it; tabs of `later` are not started until `start`. */
export async function startLinked(
  flows: readonly FlowNode[],
  later: readonly string[] = [],
  more: readonly PaletteEntry[] = [],
): Promise<LinkedCompartments> {
  const palette = [
    ...['inject', 'debug', 'function', 'catch', 'complete', 'link', 'httpin'].map(coreSet),
    testSet,
    ...more,
  ];
  const { compartments: planned } = partition(flows);
  const running = new Map<string, CompartmentUnderTest>();
  for (const { id } of planned) {
    running.set(id, await startCompartment({ boot: { id, answerWithinMs: 1_000 }, started: !later.includes(id) }));
  }
  const of = (tabId: string): CompartmentUnderTest => {
    const owner = planned.find(({ id, tabs }) => id === tabId || tabs.some((tab) => tab.id === tabId));
    const compartment = owner && running.get(owner.id);
    if (compartment === undefined) throw new Error(`no compartment runs ${tabId}`);
    return compartment;
  };
  const linkSocket = (tabId: string): string => path.join(of(tabId).supervisor.directory, linkSocketName(tabId));
  const owners = new Map(planned.flatMap(({ id, tabs }) => tabs.map((tab) => [tab.id, id])));
  const run = async (id: string, deployType: 'load' | 'full' = 'load'): Promise<void> => {
    const plan = planned.find((candidate) => candidate.id === id);
    if (plan === undefined) throw new Error(`no compartment ${id}`);
    const { userDir, directory } = of(id).slice([]);
    const deployed = { index: indexFlows(flows), credentials: {}, palette, userDir };
    await of(id).run(
      cutSlice(plan, deployed, {
        directory,
        services: {},
        links: {
          ownerOf: (tabId) => owners.get(tabId),
          endpoint: (target, caller) => ({ path: linkSocket(target), token: deriveToken(linkSecret, caller) }),
        },
      }),
      deployType,
    );
  };
  await Promise.all(planned.filter(({ id }) => !later.includes(id)).map(({ id }) => run(id)));
  const linked: LinkedCompartments = {
    tab: of,
    linkSocket,
    async flowValue(tabId, key) {
      const value = await of(tabId).supervisor.call((callId) => ({
        type: 'context',
        callId,
        request: { operation: 'get', scope: 'flow', id: tabId, key },
      }));
      if (typeof value !== 'object' || value === null || !('msg' in value)) return undefined;
      const { msg } = value;
      if (msg === '(undefined)') return undefined;
      if (typeof msg !== 'string' || !/^["[{\d-]|^(true|false)$/.test(msg)) return msg;
      const parsed: unknown = JSON.parse(msg);
      return parsed;
    },
    async eventually(tabId, key, deadlineMs = 10_000) {
      const what = `${key} in the flow context of ${tabId}`;
      const found = await until(
        async () => {
          const value = await linked.flowValue(tabId, key);
          return value === undefined ? undefined : { value };
        },
        { deadlineMs, what },
      );
      return found.value;
    },
    links(tabId) {
      const last = of(tabId).supervisor.messages.findLast((message) => message.type === 'telemetry');
      return last?.links ?? { sent: 0, received: 0, dropped: 0, queued: 0 };
    },
    kill: (tabId) => of(tabId).process.kill(),
    async start(tabId) {
      of(tabId).restart();
      await run(tabId);
    },
    redeploy: (tabId) => run(tabId, 'full'),
    async close() {
      await Promise.all([...running.values()].map((compartment) => compartment.close()));
    },
  };
  return linked;
}

export const linkIn = (id: string, z: string, to: string[], more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'link in',
  z,
  name: id,
  x: 10,
  y: 10,
  links: [],
  wires: [to],
  ...more,
});
export const linkOut = (id: string, z: string, links: string[], more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'link out',
  z,
  name: id,
  x: 20,
  y: 10,
  mode: 'link',
  links,
  wires: [],
  ...more,
});
/** Gives back what a link call brought. */
export const linkReturn = (id: string, z: string): FlowNode => linkOut(id, z, [], { mode: 'return' });
export const linkCall = (
  id: string,
  z: string,
  target: string | null,
  to: string[],
  more: Record<string, unknown> = {},
): FlowNode => ({
  id,
  type: 'link call',
  z,
  name: id,
  x: 20,
  y: 10,
  links: target === null ? [] : [target],
  linkType: target === null ? 'dynamic' : 'static',
  timeout: '5',
  wires: [to],
  ...more,
});
