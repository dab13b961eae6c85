import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPlanRules } from '../../../packages/runtime/src/cli/plan-rules.ts';
import { defaultRules } from '../../../packages/runtime/src/protocol/plan-rules.ts';

describe('the rules of the plan at the terminal', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-rules-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));
  const read = () => readPlanRules('/', { BULKHEAD_HOME: home });

  it('are the defaults where there is no bulkhead.yaml', async () => {
    assert.deepEqual(await read(), defaultRules);
  });

  it('are those of the bulkhead.yaml of the house', async () => {
    await writeFile(path.join(home, 'bulkhead.yaml'), 'shared: [serial-port]\npartition:\n  apart: [Chaos]\n');
    assert.deepEqual(await read(), {
      ...defaultRules,
      shared: ['serial-port'],
      partition: { ...defaultRules.partition, apart: ['Chaos'] },
    });
  });

  it('are an error with file and line where it is wrong', async () => {
    await writeFile(path.join(home, 'bulkhead.yaml'), 'partition:\n  aprt: [Chaos]\n');
    await assert.rejects(read(), /bulkhead\.yaml:2: unknown key "partition\.aprt"; did you mean "apart"/);
  });
});
