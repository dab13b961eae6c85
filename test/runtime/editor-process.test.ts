import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocket } from 'ws';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';
import { debug, inject, tab } from '../support/compartment.ts';
import { ask, type EditorUnderTest, startEditor } from '../support/editor.ts';

const flows = [tab('t1'), inject('in', 't1', ['out']), debug('out', 't1')];

/** The retained notification that a browser gets when it connects. */
async function runtimeState(editor: EditorUnderTest): Promise<unknown> {
  const socket = new WebSocket(`ws+unix://${editor.httpSocket}:/comms`);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  socket.on('open', () => socket.send(JSON.stringify({ subscribe: 'notification/#' })));
  socket.on('error', reject);
  socket.on('message', (data: Buffer) => {
    const messages: unknown = JSON.parse(data.toString());
    for (const message of Array.isArray(messages) ? messages : [messages]) {
      if (!isRecord(message) || message['topic'] !== 'notification/runtime-state' || !isRecord(message['data']))
        continue;
      const { error, state, types } = message['data'];
      resolve({ error, state, types });
    }
  });
  try {
    return await promise;
  } finally {
    socket.close();
  }
}

describe('the editor process', function () {
  this.timeout(60_000);
  let editor: EditorUnderTest;
  afterEach(() => editor.close());

  it('sends its flows with the palette at start, and starts none of them', async () => {
    editor = await startEditor({
      flows: [tab('t1'), inject('in', 't1', ['out'], { once: true, repeat: '0.1' }), debug('out', 't1')],
    });
    const message = await editor.supervisor.next('flows');
    assert.equal(message.deployType, 'load');
    assert.deepEqual(
      message.flows.map((node) => node.id),
      ['t1', 'in', 'out'],
    );
    const set = message.palette.find((entry) => entry.types.includes('inject'));
    assert.ok(set?.file.endsWith('20-inject.js') && set.enabled && set.error === undefined);
    assert.equal((await editor.get('/')).status, 200);
    assert.match((await editor.get('/')).text, /<title>Bulkhead<\/title>/);
    assert.deepEqual(JSON.parse((await editor.get('/flows/state')).text), { state: 'start' });
    assert.deepEqual(editor.supervisor.events(), []);
  });

  it('sends each deploy with its type and the credentials in plain text', async () => {
    editor = await startEditor({ flows });
    for (const type of ['full', 'nodes', 'flows']) {
      const from = editor.supervisor.messages.length;
      const node = {
        id: 'h1',
        type: 'http request',
        z: 't1',
        x: 1,
        y: 1,
        name: type,
        wires: [[]],
        credentials: { user: 'u', password: type },
      };
      const answer = await editor.post('/flows', [...flows, node], { 'node-red-deployment-type': type });
      assert.equal(answer.status, 204, answer.text);
      const message = await editor.supervisor.next('flows', from);
      assert.equal(message.deployType, type);
      assert.deepEqual(message.credentials, { h1: { user: 'u', password: type } });
      assert.equal(
        message.flows.some((entry) => 'credentials' in entry),
        false,
      );
    }
  });

  it('calls a change through POST /flow a deploy of flows', async () => {
    editor = await startEditor({ flows });
    const from = editor.supervisor.messages.length;
    assert.equal((await editor.post('/flow', { label: 'new', nodes: [] })).status, 200);
    assert.equal((await editor.supervisor.next('flows', from)).deployType, 'flows');
  });

  it('calls "restart flows" a reload, and the deploy after it by its own type', async () => {
    editor = await startEditor({ flows });
    const from = editor.supervisor.messages.length;
    const headers = { 'Node-RED-Deployment-Type': 'reload' };
    assert.equal((await editor.post('/flows', {}, headers)).status, 204);
    assert.equal((await editor.supervisor.next('flows', from)).deployType, 'reload');
    const after = editor.supervisor.messages.length;
    assert.equal((await editor.post('/flow', { label: 'new', nodes: [] })).status, 200);
    assert.equal((await editor.supervisor.next('flows', after)).deployType, 'flows');
  });

  it('forwards a button of a deployed node and answers the rest itself', async () => {
    editor = await startEditor({ flows });
    editor.supervisor.onCall = (message) =>
      message.type === 'admin-request'
        ? {
            status: 201,
            headers: { 'x-from': message.nodeIds.join() },
            body: Buffer.from(JSON.stringify(message.request.body ?? null)),
          }
        : undefined;
    const pressed = await editor.post('/inject/in', { __user_inject_props__: [] });
    assert.equal(pressed.status, 201);
    assert.equal(pressed.headers['x-from'], 'in');
    assert.deepEqual(JSON.parse(pressed.text), { __user_inject_props__: [] });
    assert.equal((await editor.post('/inject/unknown', {})).status, 404);
    const several = await editor.post('/debug/disable', { nodes: ['out', 'in'] });
    assert.equal(several.headers['x-from'], 'out,in');
  });

  it('asks the supervisor for context values', async () => {
    editor = await startEditor({ flows });
    editor.supervisor.onCall = (message) =>
      message.type === 'context' ? { memory: { asked: { msg: message.nodeId, format: 'string' } } } : undefined;
    const answer = await editor.get('/context/flow/t1');
    assert.deepEqual(JSON.parse(answer.text), { memory: { asked: { msg: 't1', format: 'string' } } });
  });

  const login = (more: object = {}) => ({
    users: [
      {
        username: 'ann',
        password: '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.',
        permissions: 'read',
      },
    ],
    tokens: [],
    default: null,
    sessionS: 60,
    metrics: 'login',
    ...more,
  });
  const logIn = async (scope: string): Promise<string | undefined> => {
    const body = { client_id: 'node-red-editor', grant_type: 'password', scope, username: 'ann', password: 'password' };
    return /"access_token":"([^"]+)"/.exec((await editor.post('/auth/token', body)).text)?.[1];
  };

  it('checks what a token may do before it forwards a button', async () => {
    editor = await startEditor({ flows, boot: { login: login() } });
    assert.equal(await logIn('*'), undefined, 'more than the user has');
    const token = await logIn('read');
    assert.ok(token !== undefined);
    assert.equal((await editor.get('/flows', { authorization: `Bearer ${token}` })).status, 200);
    assert.equal((await editor.post('/inject/in', {}, { authorization: `Bearer ${token}` })).status, 401);
    assert.equal((await editor.get('/flows')).status, 401);
  });

  it('takes the token of a program, and lets in as little as the default user may', async () => {
    const sha256 = createHash('sha256').update('for-a-script').digest('hex');
    const tokens = [{ name: 'script', sha256, permissions: '*' }];
    editor = await startEditor({ flows, boot: { login: login({ tokens, default: ['flows.read'] }) } });
    const by = async (token: string): Promise<number> =>
      (await editor.post('/flows', flows, { authorization: `Bearer ${token}` })).status;
    assert.equal(await by('for-a-script'), 204);
    assert.equal(await by('made up'), 401);
    assert.equal((await editor.get('/flows')).status, 200);
    assert.equal((await editor.get('/settings')).status, 401);
  });

  it('ends the sessions that its login allows no longer', async () => {
    const session = (user: string, scope: unknown) => ({ user, client: 'x', scope, expires: Date.now() + 60_000 });
    const sessions = { a: session('ann', '*'), b: session('ann', 'read'), c: session('bob', 'read') };
    const prepare = (userDir: string): Promise<void> =>
      writeFile(path.join(userDir, '.sessions.json'), JSON.stringify(sessions));
    editor = await startEditor({ flows, boot: { login: login() }, prepare });
    const get = async (token: string): Promise<number> =>
      (await editor.get('/flows', { authorization: `Bearer ${token}` })).status;
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(get)), [401, 200, 401]);
  });

  it('comes up without flows when the flow file is broken, and keeps the file', async () => {
    editor = await startEditor({ flows: '[{"id": "t1", "type": "tab"},' });
    assert.deepEqual((await editor.supervisor.next('flows')).flows, []);
    const said = editor.process
      .output()
      .split('\n')
      .filter((line) => line.includes('the flow file'));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /cannot be used: it is not JSON .* kept as flows\.json\.broken-/);
    assert.ok((await readdir(editor.userDir)).some((name) => name.startsWith('flows.json.broken-')));
  });

  it('takes the credentials before the last deploy where the file of the present ones is torn', async () => {
    editor = await startEditor({
      flows,
      prepare: async (userDir) => {
        await writeFile(path.join(userDir, 'flows_cred.json'), '{"in":{"pass');
        await writeFile(path.join(userDir, '.flows_cred.json.backup'), '{"in":{"password":"older"}}');
      },
    });
    assert.deepEqual((await editor.supervisor.next('flows')).credentials, { in: { password: 'older' } });
    assert.match(editor.process.output(), /flows_cred\.json cannot be used: it is damaged; it was kept as/);
  });

  it('sends deploys although a node type is missing, which stops nothing but its tab', async () => {
    const unknown = { id: 'x', type: 'no-such-type', z: 't1', x: 1, y: 1, wires: [] };
    editor = await startEditor({ flows: [...flows, unknown] });
    assert.equal((await editor.supervisor.next('flows')).flows.length, 4);
    for (const type of ['full', 'nodes']) {
      const from = editor.supervisor.messages.length;
      await editor.post('/flows', [...flows, { ...unknown, name: type }], { 'node-red-deployment-type': type });
      assert.equal((await editor.supervisor.next('flows', from)).deployType, type);
    }
    assert.deepEqual(await runtimeState(editor), { error: 'missing-types', state: 'start', types: ['no-such-type'] });
  });

  it('dies with last words of a palette that crashes it, and leaves that palette out after three such starts, where it can be removed', async () => {
    const bad = async (userDir: string): Promise<void> => {
      const directory = path.join(userDir, 'node_modules', 'bad-palette');
      await mkdir(directory, { recursive: true });
      await writeFile(path.join(userDir, 'package.json'), JSON.stringify({ dependencies: { 'bad-palette': '1.0.0' } }));
      const manifest = { name: 'bad-palette', version: '1.0.0', 'node-red': { nodes: { bad: 'bad.js' } } };
      await writeFile(path.join(directory, 'package.json'), JSON.stringify(manifest));
      await writeFile(path.join(directory, 'bad.js'), 'setTimeout(() => { throw new Error("bad palette"); }, 1);');
      await writeFile(path.join(directory, 'bad.html'), '');
      await writeFile(path.join(userDir, '.bulkhead-starts.json'), JSON.stringify({ starts: 2, excluded: [] }));
    };
    editor = await startEditor({ flows, prepare: bad, wait: false });
    assert.equal((await editor.process.exited).code, 1);
    assert.equal(editor.process.lastWords()?.reason, 'uncaught-exception');
    assert.match(editor.process.lastWords()?.detail ?? '', /bad palette/);
    await editor.restart();
    assert.deepEqual((await editor.supervisor.next('flows')).flows.length, 3);
    assert.match(editor.process.output(), /without the palette module bad-palette, installed last/);

    const { text } = await editor.get('/nodes', { accept: 'application/json' });
    assert.match(text, /"id":"bad-palette\/bad"[^}]*"err":"it is left out, because the editor crashed/);
    const removed = await ask(editor.httpSocket, 'DELETE', '/nodes/bad-palette');
    assert.equal(removed.status, 204, removed.text);
    assert.ok(!existsSync(path.join(editor.userDir, 'node_modules', 'bad-palette')));
    assert.ok(!(await readFile(path.join(editor.userDir, 'package.json'), 'utf8')).includes('bad-palette'));
  });

  it('tells a new supervisor its flows again', async () => {
    editor = await startEditor({ flows });
    await editor.supervisor.goDown();
    const from = editor.supervisor.messages.length;
    await editor.supervisor.comeBack();
    assert.equal((await editor.supervisor.next('flows', from)).deployType, 'load');
    await editor.supervisor.next('listening', from);
  });

  it('ends with code 0 when asked to', async () => {
    editor = await startEditor({ flows });
    editor.process.child.kill('SIGTERM');
    assert.deepEqual(await editor.process.exited, { code: 0, signal: null });
    assert.equal(editor.process.lastWords(), undefined);
  });
});
