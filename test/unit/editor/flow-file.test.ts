import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { flowFileProblem, prepareFlowFile } from '../../../packages/runtime/src/editor/flow-file.ts';

describe('a flow file', () => {
  for (const [text, problem] of [
    ['', undefined],
    ['[]', undefined],
    ['\uFEFF[{"id":"a","type":"tab"}]', undefined],
    ['[{"id":"a"', /not JSON/],
    ['{"flows":[]}', /not a list/],
    ['null', /not a list/],
    ['[{"id":"a","type":"tab"},7]', /entry 1/],
    ['[{"id":1,"type":"tab"}]', /entry 0/],
  ] as const) {
    it(`with ${JSON.stringify(text)} is ${problem === undefined ? 'good' : 'refused'}`, () => {
      const found = flowFileProblem(text);
      if (problem === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', problem);
    });
  }
});

describe('preparing the flow file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'bh-flow-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(path.join(directory, name), text);
  const flows = (): string => readFileSync(path.join(directory, 'flows.json'), 'utf8');

  it('copies the demo into an empty directory, and never over flows', () => {
    write('demo.json', '[{"id":"demo","type":"tab"}]');
    const demo = path.join(directory, 'demo.json');
    assert.equal(prepareFlowFile(directory, demo, new Date(0)), undefined);
    assert.match(flows(), /demo/);
    write('flows.json', '[]');
    prepareFlowFile(directory, demo, new Date(0));
    assert.equal(flows(), '[]');
  });

  it('replaces a broken file by the backup and keeps it', () => {
    write('flows.json', 'broken');
    write('.flows.json.backup', '[{"id":"old","type":"tab"}]');
    assert.match(prepareFlowFile(directory, undefined, new Date(0)) ?? '', /flows before the last deploy/);
    assert.match(flows(), /old/);
    assert.ok(readdirSync(directory).includes('flows.json.broken-1970-01-01T00-00-00-000Z'));
  });
});
