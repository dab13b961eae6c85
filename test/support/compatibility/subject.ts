/** The two that are compared, behind one face: an unmodified Node-RED and Bulkhead, each with files and ports of its own. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../bulkhead.ts';
import type { FlowEntry } from '../bulkhead-http.ts';
import { startStockNodeRed } from '../stock-node-red.ts';
import { until } from '../until.ts';
import { type Recording, recordComms } from './recording.ts';

export interface Subject {
  readonly kind: 'stock' | 'bulkhead';
  readonly url: string;
  /** A folder that only the flows of this subject write to. */
  readonly files: string;
  readonly recording: Recording;
  /** A deploy as the editor does it; resolves once the flows run. */
  deploy(flows: readonly FlowEntry[], type?: 'full' | 'flows' | 'nodes'): Promise<void>;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** What it printed. */
  lines(): readonly string[];
  /** Whether a line matches that the nodes or their runtime logged. */
  logged(pattern: RegExp): Promise<boolean>;
  stop(): Promise<void>;
}

export interface SubjectOptions {
  /** Files that are in the user directory before the start: flow file, credentials, `.config.runtime.json`. */
  readonly userFiles?: string;
  /** A `node_modules` for the user directory. */
  readonly nodeModules?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);

/** Context stores as Bulkhead has them; the rest as Node-RED installs it. */
const stockSettings = `module.exports = {
  flowFile: 'flows.json',
  uiHost: '127.0.0.1',
  telemetry: { enabled: false, updateNotification: false },
  functionExternalModules: true,
  exportGlobalContextKeys: false,
  contextStorage: { default: 'memory', memory: { module: 'memory' }, file: { module: 'localfilesystem' } },
};
`;

async function fill(userDir: string, { userFiles, nodeModules }: SubjectOptions): Promise<void> {
  await mkdir(userDir, { recursive: true });
  if (userFiles !== undefined) await cp(userFiles, userDir, { recursive: true });
  if (nodeModules !== undefined) await symlink(nodeModules, path.join(userDir, 'node_modules'));
}

const admin = { 'content-type': 'application/json', 'Node-RED-API-Version': 'v1' };

async function post(url: string, flows: readonly FlowEntry[], type: string): Promise<void> {
  const response = await fetch(`${url}/flows`, {
    method: 'POST',
    headers: { ...admin, 'Node-RED-Deployment-Type': type },
    body: JSON.stringify(flows),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`POST ${url}/flows: ${response.status} ${await response.text()}`);
}

export async function startStock(options: SubjectOptions = {}): Promise<Subject> {
  const userDir = await mkdtemp(path.join(tmpdir(), 'compatibility-stock-'));
  await fill(userDir, options);
  await writeFile(path.join(userDir, 'settings.js'), stockSettings);
  const files = path.join(userDir, 'files');
  await mkdir(files);
  const nodeRed = path.dirname(require.resolve('node-red/package.json'));
  const stock = await startStockNodeRed({ nodeRed, userDir, ...(options.env ? { env: options.env } : {}) });
  const recording = await recordComms(stock.url);
  return {
    kind: 'stock',
    lines: stock.lines,
    url: stock.url,
    files,
    recording,
    async deploy(flows, type = 'full') {
      const started = stock.lines().filter((line) => line.includes('Started ')).length;
      await post(stock.url, flows, type);
      await until(() => stock.lines().filter((line) => line.includes('Started ')).length > started, {
        deadlineMs: 60_000,
        what: 'stock Node-RED has started the flows',
      });
    },
    request: (where, init) => fetch(`${stock.url}${where}`, { signal: AbortSignal.timeout(30_000), ...init }),
    logged: async (pattern) => stock.lines().some((line) => pattern.test(line)),
    async stop() {
      recording.close();
      await stock.stop();
      await rm(userDir, { recursive: true, force: true });
    },
  };
}

/** No spares: that many tabs start at once that a busy machine needs its time for them, and must not take it for a hang. */
const settings = 'plant: {enabled: false}\ndemo: false\nspares: 0\nlimits: {hangMs: 60000}\n';

export async function startHouse(options: SubjectOptions = {}): Promise<Subject> {
  const home = await mkdtemp(path.join(tmpdir(), 'compatibility-house-'));
  await fill(path.join(home, 'editor'), options);
  const files = path.join(home, 'files');
  await mkdir(files);
  const env = Object.keys(options.env ?? {});
  const bulkhead = await startBulkhead({
    home,
    settings: `${settings}${env.length > 0 ? `env: [${env.join(', ')}]\n` : ''}`,
    ...(options.env ? { env: options.env } : {}),
  });
  const recording = await recordComms(bulkhead.url);
  return {
    kind: 'bulkhead',
    lines: bulkhead.output.lines,
    url: bulkhead.url,
    files,
    recording,
    async deploy(flows, type = 'full') {
      await post(bulkhead.url, flows, type);
      await untilRunning(bulkhead, flows);
    },
    request: (where, init) => fetch(`${bulkhead.url}${where}`, { signal: AbortSignal.timeout(30_000), ...init }),
    logged: (pattern) => anyLog(bulkhead, pattern),
    async stop() {
      recording.close();
      await bulkhead.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function untilRunning(bulkhead: Bulkhead, flows: readonly FlowEntry[]): Promise<void> {
  const wanted = flows.filter(({ type, disabled }) => type === 'tab' && disabled !== true).map(({ id }) => id);
  const waiting = async (): Promise<string[]> => {
    const running = (await bulkhead.compartments()).filter(({ state }) => state === 'running');
    const up = new Set(running.flatMap(({ tabs }) => tabs.map(({ id }) => id)));
    return wanted.filter((id) => !up.has(id));
  };
  const started = until(async () => (await waiting()).length === 0, {
    deadlineMs: 120_000,
    everyMs: 200,
    what: 'every tab of the house runs',
  });
  await started.catch(async (error: unknown) => {
    const tabs = (await waiting()).join(', ');
    const printed = bulkhead.output.lines().slice(-20).join('\n');
    throw new Error(`these tabs do not run: ${tabs}; the house says\n${printed}`, { cause: error });
  });
}

async function anyLog(bulkhead: Bulkhead, pattern: RegExp): Promise<boolean> {
  for (const { id } of await bulkhead.compartments()) {
    const text = await (await bulkhead.request(`/bulkhead/compartments/${id}/logs?lines=200`)).text();
    if (pattern.test(text)) return true;
  }
  return false;
}
