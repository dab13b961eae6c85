import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadPermissions } from '../../../packages/runtime/src/node-red/internals.ts';
import { createAudit } from '../../../packages/runtime/src/supervisor/door/audit.ts';
import { createDoor } from '../../../packages/runtime/src/supervisor/door/door.ts';
import { createLogin } from '../../../packages/runtime/src/supervisor/door/login.ts';
import { createLoginThrottle } from '../../../packages/runtime/src/supervisor/door/login-throttle.ts';
import { permits } from '../../../packages/runtime/src/supervisor/door/permissions.ts';
import { sessionsIn } from '../../../packages/runtime/src/supervisor/door/sessions.ts';
import { until } from '../../support/until.ts';

describe('the login of the house', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-login-'));
  const file = path.join(folder, '.sessions.json');
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const target of [
    '/auth/token',
    '/AUTH/Token/',
    '/auth/token?x',
    '/auth/token#x',
    '/auth\\token#',
    '/auth/token\xa0',
  ]) {
    it(`slows an address down however it spells the login: ${JSON.stringify(target)}`, () => {
      const home = mkdtempSync(path.join(folder, 'home-'));
      const everybody = { users: [], tokens: [], default: null, metrics: 'login' as const };
      const door = createDoor({ rules: everybody, home, editorUserDir: home, now: () => 0 });
      const attempt = (): number | null => {
        const request = Object.assign(new IncomingMessage(new Socket()), { method: 'POST', url: target });
        const response = Object.assign(new ServerResponse(request), { statusCode: 401 });
        const waitS = door.enter(request, response);
        response.emit('close');
        return waitS;
      };
      for (let n = 0; n < 20; n += 1) assert.equal(attempt(), null);
      assert.ok((attempt() ?? 0) > 0);
    });
  }

  it('reads permissions as Node-RED does (door/permissions.ts)', () => {
    const granted = ['*', 'read', 'write', '*.read', '*.write', 'flows.read', 'flows.write', '', 'a.b.read', [], ['*']];
    const lists = [...granted, ['flows.read', 'write'], ['read', 'flows.write']];
    const wanted = ['flows.read', 'flows.write', 'read', 'write', '', 'a.b.read', 'nodes.write', '.read', 'flowsread'];
    const { hasPermission } = loadPermissions();
    for (const one of lists)
      for (const other of wanted)
        assert.equal(permits(one, other), hasPermission(one, other), `${JSON.stringify(one)} for "${other}"`);
  });

  const session = (user: string, scope: string, expires: number) => ({ user, client: 'x', scope, expires });
  const rules = {
    users: [
      { username: 'anna', permissions: '*' },
      { username: 'rita', permissions: 'read' },
    ],
    tokens: [
      {
        name: 'prometheus',
        sha256: createHash('sha256').update('scrape').digest('hex'),
        permissions: ['metrics.read'],
      },
    ],
    default: null,
    metrics: 'login' as const,
  };
  const cases: [token: string | null, permission: string, allowed: boolean][] = [
    ['anna', 'flows.write', true],
    ['anna-read', 'flows.read', true],
    ['anna-read', 'flows.write', false],
    ['rita-all', 'flows.read', true],
    ['rita-all', 'flows.write', false],
    ['late', 'flows.read', false],
    ['gone', 'flows.read', false],
    ['damaged', 'flows.read', false],
    ['scrape', 'metrics.read', true],
    ['scrape', 'flows.read', false],
    ['nobody', 'flows.read', false],
    ['__proto__', 'flows.read', false],
    [null, 'flows.read', false],
  ];
  for (const [token, permission, allowed] of cases) {
    it(`${allowed ? 'lets' : 'does not let'} ${token ?? 'a stranger'} have ${permission}`, async () => {
      const sessions = {
        anna: session('anna', '*', 1_001),
        'anna-read': session('anna', 'read', 1_001),
        'rita-all': session('rita', '*', 1_001),
        late: session('anna', '*', 999),
        gone: session('zoe', '*', 1_001),
        damaged: { user: 'anna' },
      };
      writeFileSync(file, JSON.stringify(sessions));
      assert.equal(await createLogin(rules, sessionsIn(file), () => 1_000).may(token, permission), allowed);
    });
  }

  it('follows the file: a logout counts at once, and a file that was torn or emptied ends no session', async () => {
    writeFileSync(file, JSON.stringify({ t: session('anna', '*', 2_000) }));
    const login = createLogin(rules, sessionsIn(file), () => 1_000);
    assert.equal(await login.may('t', 'flows.write'), true);
    writeFileSync(file, '{}');
    assert.equal(await login.may('t', 'flows.write'), false);
    writeFileSync(file, JSON.stringify({ t: session('anna', '*', 2_000) }));
    assert.equal(await login.may('t', 'flows.write'), true);
    for (const torn of ['{"t":', '', '[7']) {
      writeFileSync(file, torn);
      assert.equal(await login.may('t', 'flows.write'), true);
    }
    assert.equal(await createLogin(rules, sessionsIn(file), () => 1_000).may('t', 'flows.write'), false);
    rmSync(file);
    assert.equal(await login.may('t', 'flows.write'), false);
  });

  it('goes by what the editor could not write, until it could', async () => {
    writeFileSync(file, JSON.stringify({ old: session('anna', '*', 2_000), ended: session('anna', '*', 2_000) }));
    const sessions = sessionsIn(file);
    const login = createLogin(rules, sessions, () => 1_000);
    const allowed = async () => [
      await login.may('old', 'flows.write'),
      await login.may('ended', 'flows.write'),
      await login.may('new', 'flows.write'),
    ];
    assert.deepEqual(await allowed(), [true, true, false]);
    sessions.hold({ old: session('anna', '*', 2_000), new: session('anna', '*', 2_000) });
    assert.deepEqual(await allowed(), [true, false, true]);
    sessions.hold(null);
    assert.deepEqual(await allowed(), [true, true, false]);
  });

  it('gives strangers what the default user has, and those with a session no more than theirs', async () => {
    writeFileSync(file, JSON.stringify({ t: session('rita', 'read', 2_000) }));
    const login = createLogin({ ...rules, default: ['flows.read'] }, sessionsIn(file), () => 1_000);
    assert.equal(await login.may(null, 'flows.read'), true);
    assert.equal(await login.may('made up', 'flows.read'), true);
    assert.equal(await login.may(null, 'flows.write'), false);
    assert.equal(await login.may('t', 'flows.write'), false);
  });

  it('makes an address wait after twenty wrong passwords, until the window has passed, and no other', () => {
    let now = 0;
    const throttle = createLoginThrottle(() => now, { failures: 20, windowMs: 60_000, maxAddresses: 3 });
    for (let n = 0; n < 19; n += 1) throttle.failed('a');
    assert.equal(throttle.waitS('a'), 0);
    throttle.failed('a');
    assert.equal(throttle.waitS('a'), 60);
    assert.equal(throttle.waitS('b'), 0);
    now = 60_001;
    assert.equal(throttle.waitS('a'), 0);
  });

  it('remembers a bounded number of addresses', () => {
    const throttle = createLoginThrottle(() => 0, { failures: 1, windowMs: 1_000, maxAddresses: 2 });
    for (const address of ['a', 'b', 'c']) throttle.failed(address);
    assert.deepEqual(['a', 'b', 'c'].map(throttle.waitS), [0, 1, 1]);
  });

  it('writes who did what, without the query, and keeps strangers from writing the file full', async () => {
    const log = path.join(folder, 'audit.jsonl');
    let now = 0;
    const audit = createAudit(log, () => now);
    const request = new IncomingMessage(new Socket());
    Object.assign(request, { method: 'POST', url: '/flows?access_token=secret', headers: {} });
    audit.request(request, { who: 'anna', address: '127.0.0.1', status: 204 });
    for (let n = 0; n < 500; n += 1) audit.request(request, { who: null, address: '10.0.0.1', status: 401 });
    now = 1_000;
    audit.request(request, { who: null, address: '10.0.0.1', status: 401 });
    const lines = await until(
      () => {
        const all = readFileSync(log, 'utf8').trim().split('\n');
        return all.length === 13 ? all : null;
      },
      { deadlineMs: 2_000, what: '13 lines' },
    );
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      at: '1970-01-01T00:00:00.000Z',
      user: 'anna',
      address: '127.0.0.1',
      method: 'POST',
      path: '/flows',
      deploy: 'full',
      status: 204,
    });
    assert.match(lines[11] ?? '', /"event":"audit.dropped","lines":490/);
  });
});
