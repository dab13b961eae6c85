/**
 * How long a tab is silent after its process ended: from the exit to its next UDP datagram. Stock node-red 5.0.7 under a plain restart loop beside it. About 4 minutes.
 *
 * Arguments: crashes (50), hangs (3). Ten tabs of core nodes tick every 10 ms; one after the other ends its process,
 * each with a life of more than 5 s before, so that every restart is a first one. The instant of the exit is written
 * by the dying tab itself, on the clock that all processes of a machine share. A tab with `node-opcua` is compared with
 * the time that a fresh process takes to import the same file. A hang is counted from its first instant.
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FlowEntry } from '../test/support/bulkhead-http.ts';
import { type Bulkhead, startBulkhead } from '../test/support/bulkhead.ts';
import { until } from '../test/support/until.ts';
import { printFigure, quantile, round } from './support/figures.ts';
import { startStockNodeRed } from './support/stock-node-red.ts';

const [crashes = 50, hangs = 3] = process.argv.slice(2).map(Number);
const tabs = 10;
const hangMs = 2_000;
const betweenMs = 1_200;
const opcuaFile = path.resolve(import.meta.dirname, '../nodes/opcua/dist/opcua-connection.js');

const folder = await mkdtemp(path.join(tmpdir(), 'bench-restart-'));
const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1');
await once(socket, 'listening');
const { port } = socket.address();
/** When the last datagram of each tab came, epoch ms with fractions. */
const heard = new Map<string, { at: number; life: string }[]>();
const now = (): number => performance.timeOrigin + performance.now();
socket.on('message', (message) => {
  const [tab = '', life = ''] = message.toString().split(' ');
  const list = heard.get(tab) ?? [];
  heard.set(tab, list);
  list.push({ at: now(), life });
  if (list.length > 2_000) list.splice(0, 1_000);
});

const deathFile = (tab: string): string => path.join(folder, `${tab}.death`);
const dying = (tab: string, how: string): string =>
  `fs.writeFileSync(${JSON.stringify(deathFile(tab))}, String(perf.performance.timeOrigin + perf.performance.now())); ${how}`;
const libs = ['process', 'fs', 'perf_hooks'].map((module) => ({
  var: module === 'perf_hooks' ? 'perf' : module,
  module,
}));

function tickingTab(tab: string, more: readonly FlowEntry[] = []): FlowEntry[] {
  const node = (id: string, type: string, properties: Record<string, unknown>): FlowEntry => ({
    id: `${tab}-${id}`,
    z: tab,
    type,
    name: id,
    x: 100,
    y: 100,
    wires: [],
    ...properties,
  });
  return [
    { id: tab, type: 'tab', label: tab },
    node('tick', 'inject', {
      props: [{ p: 'payload' }],
      payload: '',
      payloadType: 'date',
      repeat: '0.01',
      once: true,
      onceDelay: 0.001,
      wires: [[`${tab}-say`]],
    }),
    node('say', 'function', {
      func: `msg.payload = "${tab} " + process.pid; return msg;`,
      outputs: 1,
      libs,
      wires: [[`${tab}-send`]],
    }),
    node('send', 'udp out', {
      addr: '127.0.0.1',
      iface: '',
      port: String(port),
      ipv: 'udp4',
      outport: '',
      base64: false,
      multicast: 'false',
    }),
    node('exit', 'inject', { props: [], repeat: '', once: false, wires: [[`${tab}-dies`]] }),
    node('dies', 'function', { func: dying(tab, 'process.exit(1);'), outputs: 1, libs, wires: [[]] }),
    node('spin', 'inject', { props: [], repeat: '', once: false, wires: [[`${tab}-hangs`]] }),
    node('hangs', 'function', { func: dying(tab, 'for (;;) {}'), outputs: 1, libs, wires: [[]] }),
    ...more,
  ];
}

/** Presses a button of a tab and gives the time from its death to the first datagram of another process, ms. */
async function silence(url: string, tab: string, button: 'exit' | 'spin'): Promise<number> {
  await rm(deathFile(tab), { force: true });
  const life = heard.get(tab)?.at(-1)?.life;
  const pressedAt = now();
  void fetch(`${url}/inject/${tab}-${button}`, { method: 'POST', signal: AbortSignal.timeout(5_000) }).catch(() => {});
  const back = await until(
    () => heard.get(tab)?.find((datagram) => datagram.life !== life && datagram.at > pressedAt),
    {
      deadlineMs: 60_000,
      what: `a datagram of ${tab} after its death`,
      everyMs: 5,
    },
  );
  heard.set(
    tab,
    [...(heard.get(tab) ?? [])].filter((datagram) => datagram.life === back.life),
  );
  return back.at - Number(await readFile(deathFile(tab), 'utf8'));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const names = Array.from({ length: tabs }, (_, index) => `tab${index}`);

function summary(what: string, system: string, times: readonly number[], more: Record<string, number> = {}): void {
  printFigure({
    bench: 'restart',
    what,
    system,
    n: times.length,
    medianMs: round(quantile(times, 0.5)),
    p95Ms: round(quantile(times, 0.95)),
    maxMs: round(Math.max(...times)),
    ...more,
  });
}

/** One crash after the other, in turn, so that every tab has lived for more than 5 s. */
async function measure(url: string, all: readonly string[], count: number, button: 'exit' | 'spin'): Promise<number[]> {
  const times: number[] = [];
  const livedSince = new Map(all.map((tab) => [tab, Date.now()]));
  for (let index = 0; index < count; index += 1) {
    const tab = all[index % all.length] ?? '';
    await pause(Math.max(betweenMs, 5_500 - (Date.now() - (livedSince.get(tab) ?? 0))));
    times.push(await silence(url, tab, button));
    livedSince.set(tab, Date.now());
  }
  return times;
}

async function inBulkhead(): Promise<void> {
  const connection = {
    id: 'plc',
    type: 'opcua-connection',
    name: 'plc',
    endpointUrl: 'opc.tcp://127.0.0.1:1',
    d: false,
  };
  const read = {
    id: 'heavy-read',
    z: 'heavy',
    type: 'opcua-read',
    name: '',
    connection: 'plc',
    x: 100,
    y: 300,
    wires: [[]],
  };
  const bulkhead: Bulkhead = await startBulkhead({
    flows: [...names.flatMap((tab) => tickingTab(tab)), ...tickingTab('heavy', [read]), connection],
    settings: `plant:\n  enabled: false\nlimits:\n  hangMs: ${hangMs}\n`,
  });
  try {
    await until(() => [...names, 'heavy'].every((tab) => heard.has(tab)), { deadlineMs: 30_000, what: 'all tabs' });
    summary('exit of a core-node tab', 'bulkhead', await measure(bulkhead.url, names, crashes, 'exit'), {
      limitMs: 150,
    });
    const heavy = await measure(bulkhead.url, ['heavy'], 5, 'exit');
    const imports = importTimes();
    summary('exit of a tab with node-opcua', 'bulkhead', heavy, {
      importMs: round(quantile(imports, 0.5)),
      limitMs: round(quantile(imports, 0.5) + 150),
    });
    const heavyId = encodeURIComponent((await bulkhead.compartmentOfTab('heavy')).id);
    await bulkhead.request(`/bulkhead/compartments/${heavyId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ policy: { standby: 'own' } }),
    });
    await pause(5_000);
    summary('the same with standby: own', 'bulkhead', await measure(bulkhead.url, ['heavy'], 5, 'exit'));
    const spins = await measure(bulkhead.url, names.slice(0, hangs), hangs, 'spin');
    summary(
      'hang of a core-node tab, less its limit',
      'bulkhead',
      spins.map((ms) => ms - hangMs),
      { hangLimitMs: hangMs, limitMs: 150 },
    );
  } finally {
    await bulkhead.stop();
  }
}

/** What a fresh process needs to import Node-RED's runtime and the file of the heavy palette. */
function importTimes(): number[] {
  return Array.from({ length: 5 }, () => {
    const from = performance.now();
    spawnSync(process.execPath, ['-e', `require('@node-red/runtime'); require(${JSON.stringify(opcuaFile)})`], {
      cwd: path.resolve(import.meta.dirname, '..'),
    });
    return performance.now() - from;
  });
}

/** All tabs end with the one that does; started again by a loop, as a service manager without a delay would. */
async function inStock(): Promise<void> {
  heard.clear();
  const times: number[] = [];
  const stock = await startStockNodeRed(
    names.flatMap((tab) => tickingTab(tab)),
    { restart: true },
  );
  try {
    await until(() => names.every((tab) => heard.has(tab)), { deadlineMs: 30_000, what: 'all tabs' });
    for (let index = 0; index < Math.min(10, crashes); index += 1) {
      await pause(1_000);
      times.push(await silence(stock.url, names[index % names.length] ?? '', 'exit'));
    }
    summary('exit of a core-node tab', 'stock node-red, restarted at once', times);
  } finally {
    await stock.stop();
  }
}

try {
  await inBulkhead();
  await inStock();
} finally {
  socket.close();
  await rm(folder, { recursive: true, force: true });
}
