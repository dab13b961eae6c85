/**
 * S7 reading against raw nodes7 on the same PLC (snap7's server), in values a second; then a million broken answers. About 2 minutes.
 *
 * Contiguous REALs of one data block, once as an array (nodes7: one item of n values; here: a waveform) and once as single
 * tags (nodes7: n items; here: n tags, each a sample with topic, time, quality). `ratio` is ours / nodes7 of alternating rounds,
 * medians, both with messages of the same size; nodes7 with one request at a time and with its own 8, the faster one counts.
 */
import { createRequire } from 'node:module';
import { type S7Plc, startS7Plc } from '../test/support/s7-plc.ts';
import { startReading } from '../test/support/s7-house.ts';
import { until } from '../test/support/until.ts';
import { printFigure, quantile, round } from './support/figures.ts';
import { fuzzAnswers, fuzzValues } from './support/s7-fuzz.ts';

const values = 2_000;
const rounds = 5;
const roundMs = 1_500;
const topic = (index: number): string => `umh.v1.bench._raw.v${index}`;

interface Subject {
  /** One read of all values; resolves to how many were good. */
  read(): Promise<number>;
  stop(): void;
}

interface Nodes7 {
  requestMaxPDU: number;
  requestMaxParallel: number;
  initiateConnection(options: object, done: (error?: unknown) => void): void;
  addItems(items: string | string[]): void;
  readAllItems(done: (isBad: boolean, values: Record<string, unknown>) => void): void;
  dropConnection(done: () => void): void;
}

function isNodes7Class(candidate: unknown): candidate is new (options: object) => Nodes7 {
  return typeof candidate === 'function';
}

const loaded: unknown = createRequire(import.meta.url)('nodes7');
if (!isNodes7Class(loaded)) throw new TypeError('nodes7 exports no class');
const NodeS7 = loaded;

async function nodes7(port: number, items: string | string[], pduBytes: number, parallel: number): Promise<Subject> {
  const client = new NodeS7({ silent: true });
  client.requestMaxPDU = pduBytes;
  client.requestMaxParallel = parallel;
  await new Promise<void>((resolve, reject) => {
    client.initiateConnection({ host: '127.0.0.1', port, rack: 0, slot: 1, timeout: 5_000 }, (error) =>
      error === undefined ? resolve() : reject(new Error('nodes7 does not connect', { cause: error })),
    );
  });
  client.addItems(items);
  return {
    read: () =>
      new Promise((resolve, reject) => {
        client.readAllItems((isBad, read) => {
          if (isBad) reject(new Error('nodes7: bad values'));
          else
            resolve(
              Object.values(read).reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0),
            );
        });
      }),
    stop: () => client.dropConnection(() => {}),
  };
}

async function ours(port: number, tags: object[], pduBytes: number): Promise<Subject> {
  const reading = startReading({ port, pduBytes, timeoutMs: 5_000, node: { tags, pollMs: 86_400_000 } });
  await until(() => reading.batches.length > 0, { deadlineMs: 5_000, what: 'the first cycle' });
  return {
    async read() {
      await reading.reader.readNow();
      let good = 0;
      for (const sample of reading.batches.at(-1) ?? []) {
        if (sample.quality === 'good') good += Array.isArray(sample.value) ? sample.value.length : 1;
      }
      reading.batches.splice(0);
      return good;
    },
    stop: reading.stop,
  };
}

async function perSecond(subject: Subject): Promise<number> {
  const from = performance.now();
  let read = 0;
  while (performance.now() - from < roundMs) read += await subject.read();
  return read / ((performance.now() - from) / 1000);
}

async function compare(
  plc: S7Plc,
  name: string,
  pduBytes: number,
  theirs: string | string[],
  tags: object[],
): Promise<void> {
  const subjects = {
    ours: await ours(plc.port, tags, pduBytes),
    one: await nodes7(plc.port, theirs, pduBytes, 1),
    eight: await nodes7(plc.port, theirs, pduBytes, 8),
  };
  const figures = { ours: Array<number>(), one: Array<number>(), eight: Array<number>() };
  for (let at = -1; at < rounds; at += 1) {
    for (const who of ['ours', 'one', 'eight'] as const) {
      const figure = await perSecond(subjects[who]);
      // The first is for the compiler.
      if (at >= 0) figures[who].push(figure);
    }
  }
  for (const subject of Object.values(subjects)) subject.stop();
  const [own, one, eight] = [figures.ours, figures.one, figures.eight].map((all) => quantile(all, 0.5));
  printFigure({
    bench: 's7',
    figure: name,
    pduBytes,
    valuesPerSecond: Math.round(own ?? 0),
    nodes7PerSecond: Math.round(one ?? 0),
    nodes7ParallelPerSecond: Math.round(eight ?? 0),
    ratio: round((own ?? 0) / Math.max(one ?? 0, eight ?? 0)),
  });
}

const memory = Buffer.alloc(values * 4);
for (let at = 0; at < values; at += 1) memory.writeFloatBE(at / 4, at * 4);
const plc = await startS7Plc([{ area: { area: 'DB', db: 1 }, bytes: memory }]);
try {
  for (const pduBytes of [960, 240]) {
    const array = [{ topic: topic(0), address: `DB1,REAL0.${values}`, stepUs: 1 }];
    const single = Array.from({ length: values }, (_, at) => `DB1,REAL${at * 4}`);
    await compare(plc, 'contiguous, one array', pduBytes, `DB1,REAL0.${values}`, array);
    await compare(
      plc,
      'contiguous, single tags',
      pduBytes,
      single,
      single.map((address, at) => ({ topic: topic(at), address })),
    );
  }
} finally {
  await plc.close();
}
const fuzzed = [fuzzValues(1_000_000), fuzzAnswers(300_000)];
for (const figure of fuzzed) printFigure({ bench: 's7', ...figure });
if (fuzzed.some(({ faults }) => faults > 0)) process.exitCode = 1;
