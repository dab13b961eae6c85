import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

/** A tab that writes and reads the global context over HTTP: /NAME?store=S&key=K&value=V, without a value it reads. */
function tab(name: string): FlowEntry[] {
  const func = `const { store, key, value } = msg.req.query;
if (value !== undefined) global.set(key, JSON.parse(value), store);
msg.payload = JSON.stringify({ value: global.get(key, store) });
return msg;`;
  return [
    { id: name, type: 'tab', label: name },
    {
      id: `${name}-in`,
      type: 'http in',
      z: name,
      url: `/${name}`,
      method: 'get',
      x: 100,
      y: 60,
      wires: [[`${name}-do`]],
    },
    {
      id: `${name}-do`,
      type: 'function',
      z: name,
      func,
      outputs: 1,
      libs: [],
      x: 250,
      y: 60,
      wires: [[`${name}-out`]],
    },
    { id: `${name}-out`, type: 'http response', z: name, x: 400, y: 60, wires: [] },
  ];
}

describe('The global context of a whole house', function () {
  this.timeout(90_000);
  let home: string;
  let house: Bulkhead;
  const settings = 'plant:\n  enabled: false\n';

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-globals-'));
    house = await startBulkhead({ home, settings, flows: [...tab('one'), ...tab('two')] });
  });

  after(async () => {
    await house.stop();
    await rm(home, { recursive: true, force: true });
  });

  const ask = async (name: string, query: Record<string, string>): Promise<unknown> => {
    const response = await house.request(`/${name}?${new URLSearchParams(query)}`);
    const answer: unknown = JSON.parse(await response.text());
    assert.ok(typeof answer === 'object' && answer !== null);
    return Reflect.get(answer, 'value');
  };
  const write = (name: string, key: string, value: unknown, store = 'memory') =>
    ask(name, { key, store, value: JSON.stringify(value) });
  const read = (name: string, key: string, store = 'memory') => ask(name, { key, store });
  const becomes = (name: string, key: string, value: unknown, store = 'memory') =>
    until(
      async () => {
        try {
          assert.deepEqual(await read(name, key, store), value);
          return true;
        } catch {
          return false;
        }
      },
      { deadlineMs: 20_000, what: `global.${key} in tab ${name} is ${JSON.stringify(value)}` },
    );

  it('is written in one tab and read in another', async () => {
    assert.deepEqual(await write('one', 'recipe', { name: 'cola', litres: [0.5, 1] }), {
      name: 'cola',
      litres: [0.5, 1],
    });
    await becomes('two', 'recipe', { name: 'cola', litres: [0.5, 1] });
    await write('two', 'recipe.name', 'water');
    await becomes('one', 'recipe', { name: 'water', litres: [0.5, 1] });
  });

  it('is there for a tab that crashed and came back', async () => {
    await write('one', 'batch', 7);
    await becomes('two', 'batch', 7);
    const { pid } = await house.compartmentOfTab('two');
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await until(async () => (await house.compartmentOfTab('two')).pid !== pid, {
      deadlineMs: 20_000,
      what: 'a new process',
    });
    await becomes('two', 'batch', 7);
  });

  it('outlives a kill of the supervisor', async () => {
    await write('one', 'shift', 'early');
    await becomes('two', 'shift', 'early');
    await house.kill('supervisor');
    await becomes('one', 'shift', 'early');
    await write('one', 'shift', 'late');
    await becomes('two', 'shift', 'late');
  });

  it('is the same in the context sidebar', async () => {
    // The editor dials the new supervisor in its own time.
    const answer = await until(async () => (await house.request('/context/global/shift?store=memory')).text(), {
      deadlineMs: 20_000,
      what: 'the editor is connected again',
    });
    assert.match(answer, /late/);
  });

  it('of the file store outlives the house, that of the memory store does not', async () => {
    await write('one', 'kept', 42, 'file');
    await becomes('two', 'kept', 42, 'file');
    await house.stop();
    house = await startBulkhead({ home, settings });
    await becomes('one', 'kept', 42, 'file');
    await becomes('two', 'kept', 42, 'file');
    assert.equal(await read('one', 'shift'), undefined);
  });
});
