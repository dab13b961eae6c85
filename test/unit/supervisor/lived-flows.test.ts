import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLivedFlows } from '../../../packages/runtime/src/supervisor/lived-flows/lived-flows.ts';

const flows = {
  flows: [{ id: 'n', type: 'function', z: 't', func: 'return msg;' }],
  credentials: { n: { password: 'very secret' } },
  entrances: ['n'],
  targets: ['other'],
};

describe('flows that lived', () => {
  let folder = '';
  const said: string[] = [];
  const open = (secret = 'of the house') => openLivedFlows(folder, secret, (line) => void said.push(line));
  const onlyFile = async (): Promise<string> => path.join(folder, (await readdir(folder))[0] ?? '');

  beforeEach(async () => {
    said.length = 0;
    folder = await mkdtemp(path.join(tmpdir(), 'lived-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are there again in the next life, with their credentials, which nobody reads on the disk', async () => {
    const first = await open();
    first.keep('tab/1', flows);
    await first.saved();
    const text = await readFile(await onlyFile(), 'latin1');
    assert.doesNotMatch(text, /secret|return msg|password/);
    assert.deepEqual((await open()).of('tab/1'), { compartmentId: 'tab/1', ...flows });
  });

  it('of compartments that are gone are removed', async () => {
    const first = await open();
    first.keep('one', flows);
    first.keep('two', flows);
    first.keepOnly(new Set(['two']));
    await first.saved();
    const next = await open();
    assert.deepEqual([next.of('one'), next.of('two') !== undefined], [undefined, true]);
  });

  it('that were torn, or written with another key, are as good as none, which is said', async () => {
    const first = await open();
    first.keep('one', flows);
    await first.saved();
    assert.equal((await open('of another house')).of('one'), undefined);
    assert.match(said.join(), /cannot be read: nothing to roll back to/);
    const file = await onlyFile();
    await writeFile(file, (await readFile(file)).subarray(0, 20));
    assert.equal((await open()).of('one'), undefined);
  });
});
