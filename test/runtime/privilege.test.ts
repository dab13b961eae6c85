import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { func, inject, tab } from '../support/compartment.ts';
import { until } from '../support/until.ts';

const viewSchema = v.looseObject({
  state: v.string(),
  pid: v.nullable(v.number()),
  privilege: v.looseObject({ mode: v.string() }),
  grants: v.nullable(
    v.looseObject({
      unconfinedBecause: v.nullable(v.string()),
      read: v.array(v.string()),
      write: v.array(v.string()),
      allow: v.array(v.string()),
    }),
  ),
});

const outside = mkdtempSync(path.join(tmpdir(), 'bulkhead-privilege-'));
const fileNode = (id: string, z: string, filename: string, filenameType = 'str'): FlowEntry => ({
  id,
  type: 'file',
  z,
  name: id,
  x: 300,
  y: 100,
  filename,
  filenameType,
  appendNewline: true,
  createDir: true,
  overwriteFile: 'false',
  encoding: 'none',
  wires: [[]],
});
const exec = (id: string, z: string, command: string): FlowEntry => ({
  id,
  type: 'exec',
  z,
  name: id,
  x: 300,
  y: 100,
  command,
  addpay: '',
  append: '',
  useSpawn: 'false',
  timer: '',
  winHide: false,
  oldrc: false,
  wires: [[], [], []],
});
/** Reaches for what no node of its tab names, as a mistake in a library would. */
const reach = (what: string) =>
  `const fs = RED.util.cloneMessage.constructor('return process')().getBuiltinModule('fs'); ${what}`;

const flows = (): FlowEntry[] => [
  tab('fixed'),
  inject('fixed-go', 'fixed', ['fixed-file']),
  fileNode('fixed-file', 'fixed', path.join(outside, 'deep', 'er', 'fixed.txt')),
  tab('dynamic'),
  inject('dynamic-go', 'dynamic', ['dynamic-file'], {
    props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
    topic: path.join(outside, 'dynamic.txt'),
  }),
  fileNode('dynamic-file', 'dynamic', 'topic', 'msg'),
  tab('reaching'),
  inject('reaching-go', 'reaching', ['reaching-run']),
  func('reaching-run', 'reaching', reach(`fs.writeFileSync('${path.join(outside, 'reached.txt')}', 'x');`)),
  inject('reading-go', 'reaching', ['reading-run']),
  func(
    'reading-run',
    'reaching',
    reach("node.status(fs.readFileSync(env.get('HOME_OF_HOUSE') + '/secrets.json', 'utf8'));"),
  ),
  inject('nosy-go', 'reaching', ['nosy-run']),
  func('nosy-run', 'reaching', 'return msg;'),
  inject('loading-go', 'reaching', ['loading-run']),
  func(
    'loading-run',
    'reaching',
    "const process = RED.util.cloneMessage.constructor('return process')();" +
      "try { process.dlopen({ exports: {} }, '/no/such/addon.node'); } catch (error) { node.log(error.message); }",
  ),
  tab('fatal'),
  inject('fatal-go', 'fatal', ['fatal-run']),
  func('fatal-run', 'fatal', reach(`fs.promises.writeFile('${path.join(outside, 'fatal.txt')}', 'x');`)),
  tab('starter'),
  inject('starter-go', 'starter', ['starter-run']),
  exec(
    'starter-run',
    'starter',
    `"${process.execPath}" -e "fs.writeFileSync('${path.join(outside, 'started.txt')}', 'x')"`,
  ),
  tab('foreign'),
  { id: 'foreign-node', type: 'no-such-type', z: 'foreign', x: 100, y: 100, wires: [] },
];

describe('the privileges of a compartment', function () {
  this.timeout(60_000);
  let bulkhead: Bulkhead;

  before(async () => {
    bulkhead = await startBulkhead({
      flows: flows(),
      settings: 'plant: {enabled: false}\npostgres: {host: 127.0.0.1, port: 9}\nenv: [HOME_OF_HOUSE]\n',
    });
  });
  after(async () => {
    await bulkhead.stop();
    rmSync(outside, { recursive: true, force: true });
  });

  const view = async (id: string) =>
    v.parse(viewSchema, await (await bulkhead.request(`/bulkhead/compartments/${id}`)).json());
  const go = (id: string) => bulkhead.request(`/inject/${id}-go`, { method: 'POST' });
  const appears = (name: string) =>
    until(() => existsSync(path.join(outside, name)), { deadlineMs: 10_000, what: `the file ${name}` });
  const logged = (id: string, line: RegExp) =>
    until(
      async () =>
        line.exec(await (await bulkhead.request(`/bulkhead/compartments/${id}/logs?lines=200`)).text()) ?? undefined,
      { deadlineMs: 10_000, what: `${line} in the log of ${id}` },
    );
  const running = (id: string, otherThan: number | null) =>
    until(
      async () => {
        const now = await view(id);
        return now.state === 'running' && now.pid !== otherThan ? now : undefined;
      },
      { deadlineMs: 20_000, what: `${id} runs as another process` },
    );

  it('are derived from its nodes: a file that a node names may be written, with its folder', async () => {
    await go('fixed');
    await appears('deep/er/fixed.txt');
    deepEqual((await view('fixed')).grants?.write, [path.join(outside, 'deep', 'er')]);
  });

  it('are wide where only a message names the file, as in a stock Node-RED', async () => {
    await go('dynamic');
    await appears('dynamic.txt');
    deepEqual((await view('dynamic')).grants?.write, ['*']);
  });

  it('are none for a type that nobody knows, which is said', async () => {
    match((await view('foreign')).grants?.unconfinedBecause ?? '', /no-such-type/);
  });

  it('refuse what no node needs, and say which node wanted what', async () => {
    await go('reaching');
    const said = await logged('reaching', /\[function:reaching-run\] was refused write access to ([^ :]+)/);
    equal(said[1], path.join(outside, 'reached.txt'));
    ok(!existsSync(path.join(outside, 'reached.txt')));
  });

  it('name the native addon that was refused, and the node that wanted it', async () => {
    await go('loading');
    await logged(
      'reaching',
      /\[function:loading-run\] was refused loading the native addon \/no\/such\/addon\.node: allow/,
    );
    await logged('reaching', /loading addons is disabled\. It is \/no\/such\/addon\.node; allow it in the sidebar/);
  });

  it('keep the secrets of the house from its flows', async () => {
    const file = path.join(bulkhead.home, 'secrets.json');
    const edited = flows().map((entry) =>
      entry.id === 'reading-run'
        ? { ...entry, func: String(entry['func']).replace("env.get('HOME_OF_HOUSE') + '/secrets.json'", `'${file}'`) }
        : entry,
    );
    await bulkhead.deploy(edited, 'nodes');
    const { request } = bulkhead;
    await until(
      async () => {
        // The deploy may not have been followed yet.
        await request('/inject/reading-go', { method: 'POST' });
        const log = await (await request('/bulkhead/compartments/reaching/logs?lines=200')).text();
        return log.includes(`[function:reading-run] was refused read access to ${file}`);
      },
      { deadlineMs: 15_000, what: 'the refusal' },
    );
  });

  it('keep the files of other tabs and the sockets of the house from its flows, also in a process that was a spare', async () => {
    const { runDirectory } = v.parse(
      v.looseObject({ runDirectory: v.string() }),
      JSON.parse(readFileSync(path.join(bulkhead.home, 'running.json'), 'utf8')),
    );
    const places = path.join(bulkhead.home, 'compartments');
    const attempts = {
      list: `fs.readdirSync('${places}')`,
      read: `fs.readFileSync('${places}/fixed/in-hand')`,
      write: `fs.writeFileSync('${places}/fixed/in-hand', 'x')`,
      remove: `fs.rmSync('${runDirectory}/supervisor.sock')`,
      sockets: `fs.readdirSync('${runDirectory}')`,
    };
    const tries = Object.entries(attempts).map(
      ([name, attempt]) =>
        `try { ${attempt}; tried.push('${name} done') } catch (error) { tried.push('${name} ' + error.code) }`,
    );
    const nosy = `const tried = []; ${tries.join('\n')}; node.log('tried as ' + process.pid + ': ' + tried.join(', '));`;
    const code = `const process = RED.util.cloneMessage.constructor('return process')(); ${reach(nosy)}`;
    await bulkhead.deploy(
      flows().map((entry) => (entry.id === 'nosy-run' ? { ...entry, func: code } : entry)),
      'nodes',
    );
    const refused = Object.keys(attempts).map((name) => `${name} ERR_ACCESS_DENIED`);
    const triedBy = async (pid: number | null): Promise<string | undefined> => {
      await go('nosy').catch(() => {});
      const log = await (await bulkhead.request('/bulkhead/compartments/reaching/logs?lines=200')).text();
      return new RegExp(`tried as ${pid}: ([^"]*)`).exec(log)?.[1];
    };
    const first = (await view('reaching')).pid;
    const limit = { deadlineMs: 15_000, what: 'what it tried' };
    equal(await until(() => triedBy(first), limit), refused.join(', '));
    const wasSpare = (pid: number | null): boolean => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/own-');
    let last = first;
    for (let kills = 0; kills < 4 && (last === first || !wasSpare(last)); kills += 1) {
      // A spare needs a moment to be ready again.
      await until(async () => /^bulkhead_spares_ready 1$/m.test(await (await bulkhead.request('/metrics')).text()), {
        deadlineMs: 30_000,
        what: 'a spare',
      });
      process.kill(last ?? 0, 'SIGKILL');
      last = (await running('reaching', last)).pid;
    }
    ok(wasSpare(last), 'a spare became its process');
    equal(await until(() => triedBy(last), limit), refused.join(', '));
    ok(existsSync(path.join(runDirectory, 'supervisor.sock')));
  });

  it('are named in the crash report where a refusal ends the process', async () => {
    await go('fatal');
    const exit = await until(async () => (await bulkhead.compartmentOfTab('fatal')).lastExit ?? undefined, {
      deadlineMs: 10_000,
      what: 'its end',
    });
    equal(exit.nodeId, 'fatal-run');
    match(exit.detail, /FileSystemWrite .*fatal\.txt/);
  });

  it('let an exec node start programs, which are not confined themselves', async () => {
    deepEqual((await view('starter')).grants?.allow, ['child-process']);
    await go('starter');
    await appears('started.txt');
  });

  it('that grow with a deploy start that tab again, and no other', async () => {
    const before = await view('reaching');
    const other = await view('fixed');
    const more = [...flows(), exec('reaching-exec', 'reaching', 'true')];
    await bulkhead.deploy(more, 'nodes');
    const after = await running('reaching', before.pid);
    deepEqual(after.grants?.allow, ['child-process']);
    equal((await view('fixed')).pid, other.pid);
    const log = await readFile(path.join(bulkhead.home, 'logs', 'supervisor.log'), 'utf8');
    match(log, /compartment reaching starts again, .*it now needs .*child-process/);
    await bulkhead.deploy(flows(), 'nodes');
    equal((await view('reaching')).pid, after.pid, 'needing less is no reason');
  });

  it('in strict are only what nodes name and a person grants', async () => {
    rmSync(path.join(outside, 'dynamic.txt'));
    const set = (privilege: object) =>
      bulkhead.request('/bulkhead/compartments/dynamic', {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ privilege }),
      });
    const restart = async (): Promise<void> => {
      const { pid } = await view('dynamic');
      await bulkhead.request('/bulkhead/compartments/dynamic/restart', { method: 'POST' });
      await running('dynamic', pid);
    };
    await set({ mode: 'strict' });
    await restart();
    await go('dynamic');
    await logged('dynamic', /\[file:dynamic-file\] was refused write access to [^ ]+/);
    ok(!existsSync(path.join(outside, 'dynamic.txt')));
    await set({ write: [outside] });
    await restart();
    await go('dynamic');
    await appears('dynamic.txt');
    match(readFileSync(path.join(bulkhead.home, 'supervisor', 'state.json'), 'utf8'), /"mode":"strict"/);
  });
});
