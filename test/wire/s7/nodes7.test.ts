import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { collectOutput } from '../../support/child-output.ts';
import { startReading } from '../../support/s7-house.ts';
import { type Misbehaviour, startSmallPlc } from '../../support/small-plc.ts';
import { until } from '../../support/until.ts';

const topic = 'umh.v1.test._raw.word';

interface Outcome {
  /** What the reading came to. */
  values: string[];
  exitCode: number | null;
  asked: number[];
}

/** Reads with nodes7, in a process that it may end. */
async function withNodes7(misbehaviour: Misbehaviour, address = 'MW0'): Promise<Outcome> {
  const plc = await startSmallPlc(misbehaviour);
  const script = path.join(import.meta.dirname, '../../fixtures/nodes7-reads.cjs');
  const child = spawn(process.execPath, [script, String(plc.port), address], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  await once(child, 'close');
  await plc.close();
  return { values: output.lines().filter((line) => line.startsWith('{')), exitCode: child.exitCode, asked: plc.asked };
}

/** Reads with the palette; `values` are `quality value` of the first samples. */
async function withThePalette(misbehaviour: Misbehaviour, address = 'MW0'): Promise<Outcome> {
  const plc = await startSmallPlc(misbehaviour);
  const reading = startReading({ port: plc.port, node: { tags: [{ topic, address }] } });
  const isOver = (): boolean =>
    reading.batches.length >= 4 || reading.states.filter((state) => state === 'waiting').length >= 2;
  await until(isOver, { deadlineMs: 8_000, what: 'values or two failed connections' });
  reading.stop();
  await plc.close();
  return {
    values: reading.batches.slice(0, 4).map(([sample]) =>
      [sample?.quality, sample?.value, sample?.code]
        .map((part) => String(part ?? (part === null ? null : '')))
        .join(' ')
        .trim(),
    ),
    exitCode: 0,
    asked: plc.asked,
  };
}

const goodOf = async (misbehaviour: Misbehaviour): Promise<string[]> =>
  (await withThePalette(misbehaviour)).values.filter((value) => value.startsWith('good'));
const fourGood = Array<string>(4).fill('good 4660');

/** Why the palette speaks S7 itself: docs/decisions/0040. A line about nodes7 that fails is a fault of it that is mended. */
describe('nodes7 and the S7 palette with the same PLC', function () {
  this.timeout(20_000);

  it('both read it when all is well', async () => {
    const theirs = await withNodes7('none');
    deepEqual(theirs.values, Array(4).fill('{"isBad":false,"value":4660}'));
    deepEqual((await withThePalette('none')).values, fourGood);
  });

  it('that answers the connection with one byte: ends the process, here a retry', async () => {
    equal((await withNodes7('short-confirm')).exitCode, 1);
    deepEqual((await withThePalette('short-confirm')).values, []);
  });

  it('behind a network that cuts an answer in two: no value, here the value', async () => {
    deepEqual((await withNodes7('split-answer')).values, Array(4).fill('{"isBad":true,"value":"BAD 255"}'));
    deepEqual((await withThePalette('split-answer')).values, fourGood);
    deepEqual((await withThePalette('byte-by-byte')).values, fourGood);
  });

  it('behind a network that cuts the confirmation in two: no connection, here one', async () => {
    ok((await withNodes7('split-confirm')).values.every((line) => !line.includes('4660')));
    deepEqual((await withThePalette('split-confirm')).values, fourGood);
  });

  it('that answers with no items: a good value of nothing, here bad', async () => {
    deepEqual((await withNodes7('no-items')).values, Array(4).fill('{"isBad":false,"value":4660}'));
    deepEqual((await withThePalette('no-items')).values, Array(4).fill('bad null garbled'));
  });

  it('that is asked for timer 5: asked for timer 40, here for 5', async () => {
    ok((await withNodes7('none', 'T5')).asked.every((address) => address === 40));
    ok((await withThePalette('none', 'T5')).asked.every((address) => address === 5));
  });
});

describe('An S7 answer', function () {
  this.timeout(20_000);

  it('of another length than asked for is bad, and never a value', async () => {
    deepEqual((await withThePalette('wrong-length')).values, Array(4).fill('bad null garbled'));
    deepEqual(await goodOf('short-answer'), []);
  });

  it('to a question that nobody asked ends the connection', async () => {
    deepEqual(await goodOf('foreign-answer'), []);
  });

  it('is waited for when the PLC acknowledges the question first', async () => {
    deepEqual((await withThePalette('acknowledges-first')).values, fourGood);
  });

  it('that denies access makes every tag bad, with the code of the PLC', async () => {
    deepEqual((await withThePalette('access-denied')).values, Array(4).fill('bad null 33028'));
  });
});
