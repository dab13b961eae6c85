/**
 * OPC UA subscriptions against raw node-opcua: time to subscribe 10,000 tags, CPU per value on the same server, values a second where a recorded stream saturates the client; then a million broken structures. About 2 minutes.
 *
 * Server and clients are processes of their own. `ratio` is ours / raw of alternating rounds, medians.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { printFigure, quantile, round } from './support/figures.ts';
import { fuzzFrames, fuzzStructures } from './support/opcua/fuzz.ts';
import { type BenchProcess, startProcess } from './support/opcua/processes.ts';
import { startRecorder } from './support/opcua/recorder.ts';

const subjects = ['ours', 'raw'] as const;
type Subject = (typeof subjects)[number];

interface Figures {
  subscribeMs: number;
  perSecond: number;
  cpuUsPerValue: number;
}

function isFigures(candidate: unknown): candidate is Figures {
  return typeof candidate === 'object' && candidate !== null && 'perSecond' in candidate;
}

async function measure(who: Subject, port: string, count: number, seconds: number): Promise<Figures> {
  const client = startProcess('client-process.ts', [who, port, String(count), String(seconds)]);
  try {
    let text = await client.line();
    // The library says on stdout that it makes a certificate.
    while (!text.startsWith('{')) text = await client.line();
    const line: unknown = JSON.parse(text);
    if (!isFigures(line)) throw new TypeError('no figures');
    return line;
  } finally {
    await client.stop();
  }
}

const median = (all: readonly Figures[], name: keyof Figures): number =>
  quantile(
    all.map((each) => each[name]),
    0.5,
  );

async function alternate(
  rounds: number,
  portOf: (who: Subject) => string,
  count: number,
  seconds: number,
): Promise<Record<Subject, Figures[]>> {
  const all: Record<Subject, Figures[]> = { ours: [], raw: [] };
  for (let at = 0; at < rounds; at += 1) {
    for (const who of at % 2 === 0 ? subjects : subjects.toReversed()) {
      all[who].push(await measure(who, portOf(who), count, seconds));
    }
  }
  return all;
}

/** Ends the processes after the work, however it goes. */
async function ending<T>(work: Promise<T>, processes: readonly BenchProcess[]): Promise<T> {
  try {
    return await work;
  } finally {
    for (const each of processes) await each.stop();
  }
}

async function subscribing(): Promise<void> {
  const server = startProcess('server-process.ts', ['10000', '0', '0']);
  const port = await server.line();
  const all = await ending(
    alternate(2, () => port, 10_000, 0.1),
    [server],
  );
  const [own, raw] = [median(all.ours, 'subscribeMs'), median(all.raw, 'subscribeMs')];
  printFigure({ bench: 'opcua', figure: 'subscribe', tags: 10_000, ms: round(own, 0), rawMs: round(raw, 0) });
}

async function cpuPerValue(): Promise<void> {
  const server = startProcess('server-process.ts', ['1000', '1000', '100']);
  const port = await server.line();
  const all = await ending(
    alternate(4, () => port, 1_000, 4),
    [server],
  );
  const [own, raw] = [median(all.ours, 'cpuUsPerValue'), median(all.raw, 'cpuUsPerValue')];
  printFigure({
    bench: 'opcua',
    figure: 'CPU per value',
    perSecond: round(median(all.ours, 'perSecond'), 0),
    us: round(own),
    rawUs: round(raw),
    ratio: round(own / raw),
  });
}

/** Each client gets what was recorded of a session of its own: its handles are in it. */
async function record(who: Subject, folder: string): Promise<string> {
  const server = startProcess('server-process.ts', ['1000', '1000', '100']);
  const recorder = await startRecorder(Number(await server.line()));
  const client = startProcess('client-process.ts', [who, String(recorder.port), '1000', '30']);
  await ending(recorder.recorded(20), [client, server]);
  recorder.close();
  const file = path.join(folder, `${who}.json`);
  writeFileSync(file, JSON.stringify(recorder.recording));
  return file;
}

async function saturated(folder: string): Promise<void> {
  const servers = {
    ours: startProcess('replay-process.ts', [await record('ours', folder)]),
    raw: startProcess('replay-process.ts', [await record('raw', folder)]),
  };
  const ports = { ours: await servers.ours.line(), raw: await servers.raw.line() };
  const all = await ending(
    alternate(4, (who) => ports[who], 1_000, 4),
    Object.values(servers),
  );
  const [own, raw] = [median(all.ours, 'perSecond'), median(all.raw, 'perSecond')];
  printFigure({
    bench: 'opcua',
    figure: 'recorded stream',
    perSecond: round(own, 0),
    rawPerSecond: round(raw, 0),
    ratio: round(own / raw),
  });
}

const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-opcua-bench-'));
try {
  await subscribing();
  await cpuPerValue();
  await saturated(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const fuzzed = [fuzzStructures(1_000_000), fuzzFrames(100_000)];
for (const figure of fuzzed) printFigure({ bench: 'opcua', ...figure });
if (fuzzed.some(({ faults }) => faults > 0)) process.exitCode = 1;
