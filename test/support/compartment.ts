/** A real compartment process with a fake supervisor, and slices made of core nodes. */
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { DeployType, FlowNode, PaletteEntry, Slice } from '../../packages/runtime/src/protocol/messages.ts';
import { linkSocketName } from '../../packages/runtime/src/protocol/socket-name.ts';
import { startProcess, type StartedProcess } from './child-process.ts';
import { type FakeSupervisor, startFakeSupervisor } from './fake-supervisor.ts';

const require = createRequire(import.meta.url);
const coreDirectory = path.join(path.dirname(require.resolve('@node-red/nodes/package.json')), 'core');

const coreSets: Readonly<Record<string, { file: string; types: string[] }>> = {
  inject: { file: 'common/20-inject.js', types: ['inject'] },
  debug: { file: 'common/21-debug.js', types: ['debug'] },
  complete: { file: 'common/24-complete.js', types: ['complete'] },
  catch: { file: 'common/25-catch.js', types: ['catch'] },
  status: { file: 'common/25-status.js', types: ['status'] },
  function: { file: 'function/10-function.js', types: ['function'] },
  change: { file: 'function/15-change.js', types: ['change'] },
  'global-config': { file: 'common/91-global-config.js', types: ['global-config'] },
  link: { file: 'common/60-link.js', types: ['link in', 'link out', 'link call'] },
  httpin: { file: 'network/21-httpin.js', types: ['http in', 'http response'] },
  websocket: {
    file: 'network/22-websocket.js',
    types: ['websocket-listener', 'websocket-client', 'websocket in', 'websocket out'],
  },
};

export function coreSet(set: string): PaletteEntry {
  const known = coreSets[set];
  if (known === undefined) throw new Error(`no core set ${set} in test/support/compartment.ts`);
  return { module: 'node-red', set, types: known.types, file: path.join(coreDirectory, known.file), enabled: true };
}

/** Nodes that crash, spin, drain and so on: test/fixtures/test-palette. */
export const testSet: PaletteEntry = {
  module: 'test-palette',
  set: 'test-nodes',
  types: [
    'test-lives',
    'test-secret',
    'test-status-flood',
    'test-crash',
    'test-spin',
    'test-log-flood',
    'test-drain',
    'test-slow-close',
  ],
  file: path.resolve(import.meta.dirname, '../fixtures/test-palette/test-nodes.js'),
  enabled: true,
};

export interface CompartmentUnderTest {
  readonly supervisor: FakeSupervisor;
  readonly process: StartedProcess;
  slice(flows: readonly FlowNode[], more?: Partial<Slice>): Slice;
  /** Sends the slice and waits until it is ready. */
  run(slice: Slice, deployType?: DeployType): Promise<Slice>;
  inject(nodeId: string): Promise<number>;
  /** Status texts by node id, the last one of each. */
  statuses(): Record<string, string>;
  /** Debug messages, as the sidebar gets them. */
  debugMessages(): unknown[];
  /** Starts the process again, once it has ended. */
  restart(): void;
  close(): Promise<void>;
}

/** What every compartment under test derives the tokens of its callers from. */
export const linkSecret = 'a secret for tests';

let hashes = 0;

export async function startCompartment(
  options: {
    boot?: Record<string, unknown>;
    env?: Record<string, string>;
    nodeArgs?: string[];
    program?: string;
    started?: boolean;
  } = {},
): Promise<CompartmentUnderTest> {
  const supervisor = await startFakeSupervisor();
  const directory = path.join(supervisor.directory, 'own');
  const userDir = path.join(supervisor.directory, 'user');
  await mkdir(directory);
  await mkdir(userDir);
  const id = typeof options.boot?.['id'] === 'string' ? options.boot['id'] : 'c1';
  const start = (): StartedProcess =>
    startProcess(
      options.program ?? 'compartment/main.ts',
      {
        id,
        token: supervisor.token,
        linkSecret,
        supervisorSocket: supervisor.socket,
        directory,
        httpSocket: path.join(supervisor.directory, 'http.sock'),
        ...options.boot,
      },
      { ...(options.env === undefined ? {} : { env: options.env }), nodeArgs: options.nodeArgs ?? [] },
    );
  let child = options.started === false ? undefined : start();
  return {
    supervisor,
    get process() {
      if (child === undefined) throw new Error('the compartment was not started');
      return child;
    },
    restart() {
      // As the supervisor does: a process that was killed leaves its sockets behind.
      for (const name of ['http.sock', linkSocketName(id)])
        rmSync(path.join(supervisor.directory, name), { force: true });
      child = start();
    },
    slice: (flows, more = {}) => ({
      compartmentId: 'c1',
      hash: `hash ${++hashes}`,
      flows,
      credentials: {},
      palette: [...['inject', 'debug', 'function', 'catch'].map(coreSet), testSet],
      userDir,
      directory,
      services: {},
      ...more,
    }),
    async run(slice, deployType = 'load') {
      await supervisor.connected();
      const from = supervisor.messages.length;
      supervisor.send({ type: 'slice', slice, deployType });
      await supervisor.next('ready', from, 20_000);
      return slice;
    },
    async inject(nodeId) {
      const answer = await supervisor.call((callId) => ({
        type: 'admin-request',
        callId,
        request: { method: 'POST', url: `/inject/${nodeId}`, headers: {} },
      }));
      return typeof answer === 'object' && answer !== null && 'status' in answer ? Number(answer.status) : 0;
    },
    statuses() {
      const texts: Record<string, string> = {};
      for (const event of supervisor.events()) {
        if (event.name !== 'node-status') continue;
        const { status } = event.payload;
        texts[event.payload.id] =
          typeof status === 'object' && status !== null && 'text' in status ? String(status.text) : '';
      }
      return texts;
    },
    debugMessages: () =>
      supervisor
        .events()
        .flatMap((event) => (event.name === 'comms' && event.payload.topic === 'debug' ? [event.payload.data] : []))
        .map((data) => (typeof data === 'object' && data !== null && 'msg' in data ? data.msg : data)),
    async close() {
      if (child?.child.exitCode === null && child.child.signalCode === null) await child.kill();
      await supervisor.close();
    },
  };
}

export const tab = (id: string, label = id): FlowNode => ({ id, type: 'tab', label });
export const inject = (id: string, z: string, to: string[], more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'inject',
  z,
  name: id,
  // Without a place on the canvas Node-RED takes a node for a config node.
  x: 100,
  y: 100,
  props: [{ p: 'payload' }],
  payload: 'hello',
  payloadType: 'str',
  repeat: '',
  crontab: '',
  once: false,
  onceDelay: 0.1,
  topic: '',
  wires: [to],
  ...more,
});
export const func = (
  id: string,
  z: string,
  code: string,
  to: string[] = [],
  more: Record<string, unknown> = {},
): FlowNode => ({
  id,
  type: 'function',
  z,
  name: id,
  x: 200,
  y: 100,
  func: code,
  outputs: 1,
  timeout: 0,
  noerr: 0,
  initialize: '',
  finalize: '',
  libs: [],
  wires: [to],
  ...more,
});
/** A node of the test palette. */
export const testNode = (type: string, id: string, z: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type,
  z,
  name: id,
  x: 400,
  y: 100,
  wires: [],
  ...more,
});
export const debug = (id: string, z: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'debug',
  z,
  name: id,
  x: 300,
  y: 100,
  active: true,
  tosidebar: true,
  console: false,
  tostatus: false,
  complete: 'payload',
  targetType: 'msg',
  statusVal: '',
  statusType: 'auto',
  wires: [],
  ...more,
});
