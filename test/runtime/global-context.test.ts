import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

/** A tab that writes and reads the global context over HTTP: /NAME?store=S&key=K&value=V, without a value it reads. `letter` and `megabytes` make a large one, of which first letter and length are answered. */
function tab(name: string): FlowEntry[] {
  const func = `const { store, key, value, letter, megabytes } = msg.req.query;
if (value !== undefined) global.set(key, JSON.parse(value), store);
if (letter !== undefined) global.set(key, letter.repeat(Number(megabytes) * 1024 * 1024), store);
if (msg.req.query.keys !== undefined) {
    for (let i = 0; i < Number(msg.req.query.keys); i++) global.set(key + i, value === undefined ? i : undefined, store);
}
if (msg.req.query.url !== undefined) global.set(key, { address: new URL(msg.req.query.url) }, store);
const found = global.get(key, store);
msg.payload = JSON.stringify({ value: typeof found === 'string' && found.length > 1000 ? [found[0], found.length] : found });
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

  it('is shown in the editor as long as one tab runs, whichever', async () => {
    const { id } = await house.compartmentOfTab('one');
    await write('two', 'seen', 'by all');
    await house.request(`/bulkhead/compartments/${id}/stop`, { method: 'POST' });
    await until(async () => (await house.compartmentOfTab('one')).state === 'stopped', {
      deadlineMs: 20_000,
      what: 'the first tab is stopped',
    });
    assert.match(await (await house.request('/context/global/seen?store=memory')).text(), /by all/);
    await house.request(`/bulkhead/compartments/${id}/start`, { method: 'POST' });
    await becomes('one', 'seen', 'by all');
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

  const mega = 1024 * 1024;
  const writeLarge = (name: string, key: string, letter: string, megabytes: number, store = 'file') =>
    ask(name, { key, store, letter, megabytes: String(megabytes) });
  const logOf = async (name: string): Promise<string> => {
    const { id } = await house.compartmentOfTab(name);
    return (await house.request(`/bulkhead/compartments/${id}/logs?lines=200`)).text();
  };
  const says = (name: string, what: RegExp) =>
    until(async () => what.test(await logOf(name)), { deadlineMs: 20_000, what: `the log of ${name} says ${what}` });

  it('keeps a large value of the file store over a kill of the tab, for all tabs', async () => {
    await write('one', 'log', 'day one', 'file');
    await becomes('two', 'log', 'day one', 'file');
    await writeLarge('one', 'log', 'x', 5);
    await becomes('two', 'log', ['x', 5 * mega], 'file');
    const { pid } = await house.compartmentOfTab('one');
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await until(async () => (await house.compartmentOfTab('one')).pid !== pid, {
      deadlineMs: 20_000,
      what: 'a new process',
    });
    await becomes('one', 'log', ['x', 5 * mega], 'file');
  });

  it('lets no tab read an old value where the last one cannot be shared, and says it at its tab', async () => {
    await write('one', 'report', 'old');
    await becomes('two', 'report', 'old');
    await writeLarge('one', 'report', 'r', 17, 'memory');
    await becomes('two', 'report', undefined);
    await says(
      'one',
      /\[warn\] \[function:one-do\] global\.report holds more than 16 MB: it stays in this tab's process/,
    );
    await ask('one', { key: 'server', store: 'memory', url: 'http://plc/' });
    await says('one', /global\.server holds an object of the class URL \(at address\)/);
    assert.equal(await read('two', 'server'), undefined);
  });

  it('says that it is full, and is shared again once there is room', async () => {
    await ask('one', { key: 'job', store: 'memory', keys: '10001' });
    await says('one', /\[warn\] \[function:one-do\] global\.job\d+ is not shared, the house holds 10000 keys already/);
    const metrics = await (await house.request('/metrics')).text();
    assert.match(metrics, /^bulkhead_global_keys 10000$/m);
    assert.match(metrics, /^bulkhead_global_refused_total [1-9]/m);
    await ask('one', { key: 'job', store: 'memory', keys: '10001', value: 'null' });
    await becomes('two', 'job9999', undefined);
    await write('one', 'fresh', 1);
    await becomes('two', 'fresh', 1);
  });

  it('loses nothing that was written right before a clean stop', async () => {
    for (const letter of ['a', 'b', 'c']) await writeLarge('one', `last_${letter}`, letter, 7);
    await house.stop();
    house = await startBulkhead({ home, settings });
    for (const letter of ['a', 'b', 'c']) await becomes('two', `last_${letter}`, [letter, 7 * mega], 'file');
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
