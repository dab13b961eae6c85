/**
 * Modbus reading against raw modbus-serial on the same device, in registers a second with 20 requests in flight. About a minute.
 *
 * 10,000 contiguous registers in requests of 125; modbus-serial gives arrays of numbers, here each request is a waveform, or 125
 * tags, each a sample with topic, time, quality and address. `ratio` is ours / modbus-serial of alternating rounds, medians. Then a
 * flood of requests: how long the queue became beside its bound, and that all were answered or refused.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import modbus from 'modbus-serial';
import { collectOutput } from '../test/support/child-output.ts';
import { freePort } from '../test/support/free-port.ts';
import { ask } from '../nodes/modbus/src/modbus-connection/ask.ts';
import { modbusLinkTo, startModbusReading } from '../test/support/modbus-house.ts';
import { until } from '../test/support/until.ts';
import { printFigure, quantile, round } from './support/figures.ts';

const registers = 10_000;
const perRequest = 125;
const inFlight = 20;
const maxQueued = 1_000;
const rounds = 5;
const roundMs = 1_500;
const topic = (index: number): string => `umh.v1.bench._raw.v${index}`;

interface Subject {
  /** One read of all registers; resolves to how many were good. */
  read(): Promise<number>;
  stop(): void;
  longestQueue(): number;
}

async function raw(port: number): Promise<Subject> {
  const client = new modbus.default();
  await client.connectTCP('127.0.0.1', { port });
  client.setID(1);
  client.setTimeout(5_000);
  return {
    async read() {
      let [next, read] = [0, 0];
      const askOn = async (): Promise<void> => {
        while (next < registers) {
          const address = next;
          next += perRequest;
          const { data } = await client.readHoldingRegisters(address, perRequest);
          read += data.length;
        }
      };
      await Promise.all(Array.from({ length: inFlight }, askOn));
      return read;
    },
    stop: () => client.close(() => {}),
    longestQueue: () => 0,
  };
}

async function ours(port: number, tags: object[]): Promise<Subject> {
  const node = { tags, pollMs: 86_400_000 };
  const reading = startModbusReading({ port, timeoutMs: 5_000, maxInFlight: inFlight, maxQueued, node });
  await until(() => reading.batches.length > 0, { deadlineMs: 5_000, what: 'the first cycle' });
  let longest = 0;
  return {
    async read() {
      const reading1 = reading.reader.readNow();
      longest = Math.max(longest, reading.link.queued);
      await reading1;
      let good = 0;
      for (const sample of reading.batches.at(-1) ?? []) {
        if (sample.quality === 'good') good += Array.isArray(sample.value) ? sample.value.length : 1;
      }
      reading.batches.splice(0);
      return good;
    },
    stop: reading.stop,
    longestQueue: () => longest,
  };
}

async function perSecond(subject: Subject): Promise<number> {
  const from = performance.now();
  let read = 0;
  while (performance.now() - from < roundMs) read += await subject.read();
  return read / ((performance.now() - from) / 1000);
}

async function compare(port: number, figure: string, tags: object[]): Promise<void> {
  const subjects = { ours: await ours(port, tags), raw: await raw(port) };
  const figures = { ours: Array<number>(), raw: Array<number>() };
  for (let at = -1; at < rounds; at += 1) {
    for (const who of ['ours', 'raw'] as const) {
      const measured = await perSecond(subjects[who]);
      // The first is for the compiler.
      if (at >= 0) figures[who].push(measured);
    }
  }
  for (const subject of Object.values(subjects)) subject.stop();
  const [own, theirs] = [figures.ours, figures.raw].map((all) => quantile(all, 0.5));
  printFigure({
    bench: 'modbus',
    figure,
    inFlight,
    registersPerSecond: Math.round(own ?? 0),
    rawPerSecond: Math.round(theirs ?? 0),
    ratio: round((own ?? 0) / (theirs ?? 1)),
    longestQueue: subjects.ours.longestQueue(),
    maxQueued,
  });
}

/** 20,000 requests in one instant: what the queue cannot take is refused at once, and the rest is answered. */
async function flood(port: number): Promise<boolean> {
  const bound = 500;
  const link = modbusLinkTo({ port, timeoutMs: 5_000, maxInFlight: inFlight, maxQueued: bound });
  link.start();
  await until(() => link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });
  let longestQueue = 0;
  const asked = Array.from({ length: 20_000 }, (_, at) => {
    const answer = ask(link, 1, { kind: 'read', area: 'holding', address: at, count: 1 });
    longestQueue = Math.max(longestQueue, link.queued);
    return answer;
  });
  const outcomes = (await Promise.all(asked)).map(({ kind }) => kind);
  link.stop();
  const count = (wanted: string): number => outcomes.filter((kind) => kind === wanted).length;
  const [answered, refused] = [count('values'), count('queue-full')];
  printFigure({ bench: 'modbus', figure: 'a flood', longestQueue, maxQueued: bound, answered, refused });
  return longestQueue === bound && answered === bound + inFlight && answered + refused === asked.length;
}

const port = await freePort();
const device = spawn(process.execPath, [
  path.join(import.meta.dirname, '../test/fixtures/fast-modbus-device.ts'),
  String(port),
]);
await collectOutput(device).line(/^ready$/, { deadlineMs: 10_000, what: 'the device' });
try {
  await compare(
    port,
    'a waveform for each request',
    Array.from({ length: registers / perRequest }, (_, at) => ({
      topic: topic(at),
      address: at * perRequest,
      count: perRequest,
      stepUs: 1,
    })),
  );
  await compare(
    port,
    'a tag for each register',
    Array.from({ length: registers }, (_, at) => ({ topic: topic(at), address: at })),
  );
  if (!(await flood(port))) process.exitCode = 1;
} finally {
  device.kill('SIGKILL');
  await once(device, 'exit');
}
