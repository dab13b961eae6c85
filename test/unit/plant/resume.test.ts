import { deepEqual, equal, ok } from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecorder } from '../../../packages/plant/src/log/recorder.ts';
import { parseTruthLine } from '../../../packages/plant/src/log/truth-line.ts';

describe('the log of the plant', () => {
  let directory = '';
  let path = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-log-'));
    path = join(directory, 'plant.log');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n').map(parseTruthLine);

  it('goes on numbering where an earlier life ended, also after thousands of other lines', () => {
    const first = createRecorder({ path: path, mostBytes: 0, now: () => 1 });
    equal(first.run, 0);
    first.append([
      first.value('rare', 100, 1, 'good'),
      { type: 'count', machine: 'filler', at: 1, total: 70_000, rejects: 5 },
    ]);
    for (let index = 0; index < 20_000; index += 1) first.append([first.value('often', index, index, 'good')]);
    first.next('capper');
    first.append([{ type: 'read', device: 'capper', seq: 1, at: 5, address: 0, registers: [], values: {} }]);
    const second = createRecorder({ path: path, mostBytes: 0, now: () => 2 });
    equal(second.run, 1);
    equal(second.lastTime('rare'), 100);
    deepEqual([second.next('rare'), second.next('often'), second.next('capper')], [2, 20_001, 2]);
    deepEqual(second.counts.filler, { total: 70_000, rejects: 5 });
  });

  it('ends a line that a kill cut off', () => {
    const first = createRecorder({ path: path, mostBytes: 0, now: () => 1 });
    first.append([first.value('a', 100, 1, 'good')]);
    appendFileSync(path, '{"type":"value","tag":"a","se');
    const second = createRecorder({ path: path, mostBytes: 0, now: () => 2 });
    second.append([second.value('a', 200, 2, 'good')]);
    const values = lines().flatMap((line) => (line?.type === 'value' ? [line.seq] : []));
    deepEqual(values, [1, 2]);
  });

  it('is complete in the file as soon as a line is appended', () => {
    const recorder = createRecorder({ path: path, mostBytes: 0, now: () => 1 });
    recorder.append([recorder.value('a', 100, 1.5, 'uncertain')]);
    ok(lines().some((line) => line?.type === 'value' && line.value === 1.5 && line.code === 0x40930000));
  });

  it('begins a further file once one is full, and goes on from that one', () => {
    const recorder = createRecorder({ path, mostBytes: 10_000, now: () => 1 });
    recorder.append([recorder.value('rare', 100, 1, 'good')]);
    for (let index = 0; index < 500; index += 1) recorder.append([recorder.value('often', index, index, 'good')]);
    ok(statSync(path).size < 10_000 && statSync(`${path}.1`).size < 11_000);
    const next = createRecorder({ path, mostBytes: 10_000, now: () => 2 });
    deepEqual([next.next('rare'), next.next('often')], [2, 501]);
  });

  it('may be left out', () => {
    const recorder = createRecorder({ path: undefined, mostBytes: 0, now: () => 1 });
    recorder.append([recorder.value('a', 100, 1, 'good')]);
    recorder.close();
    equal(recorder.run, 0);
  });
});
