import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rmdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { until } from '../support/until.ts';

// Of "plant", with few rounds.
const hash = '$2b$04$.n3sS6wAYeXoKys3gHY55env3J2ex7MRfJEQOJYkPbz0cuBSfucLi';
const settings = `
login:
  users:
    - {username: anna, password: "${hash}"}
    - {username: rita, password: "${hash}", permissions: read}
    - {username: wil, password: "${hash}", permissions: [flows.read]}
  tokens:
    - {name: prometheus, sha256: ${createHash('sha256').update('scrape').digest('hex')}, permissions: [metrics.read]}
`;
const flows = [{ id: 'one', type: 'tab', label: 'One' }];

describe('a house with a login', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  let tokens: Readonly<Record<'anna' | 'rita' | 'wil', string>>;

  before(async () => {
    bulkhead = await startBulkhead({ flows, settings, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    tokens = { anna: await logIn('anna', '*'), rita: await logIn('rita', 'read'), wil: await logIn('wil', '') };
  });
  after(() => bulkhead?.stop());

  const post = (username: string, password: string, scope: string, where = '/auth/token'): Promise<Response> =>
    fetch(`${bulkhead.url}${where}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'node-red-admin', grant_type: 'password', scope, username, password }),
    });
  async function logIn(username: string, scope: string): Promise<string> {
    return v.parse(v.object({ access_token: v.string() }), await (await post(username, 'plant', scope)).json())
      .access_token;
  }
  const status = async (token: string | null, target: string, method = 'GET'): Promise<number> => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const body = method === 'PATCH' ? { body: '{"limits":{"hangMs":9000}}' } : {};
    return (await fetch(`${bulkhead.url}${target}`, { method, headers, ...body })).status;
  };
  const one = '/bulkhead/compartments/one';

  const table = (): [token: string | null, ...statuses: number[]][] => [
    [tokens.anna, 200, 200, 202, 200],
    [tokens.rita, 200, 401, 401, 200],
    [tokens.wil, 200, 401, 401, 401],
    ['scrape', 401, 401, 401, 200],
    ['made up', 401, 401, 401, 401],
    [null, 401, 401, 401, 401],
  ];
  const answers = async (token: string | null): Promise<number[]> => [
    await status(token, '/bulkhead/compartments'),
    await status(token, one, 'PATCH'),
    await status(token, `${one}/restart`, 'POST'),
    await status(token, '/metrics'),
  ];

  it('asks for a permission at each of its own paths', async () => {
    for (const [token, ...expected] of table()) deepEqual(await answers(token), expected);
  });

  it('asks for the same while the editor process does not answer, and while it is dead', async () => {
    const pid = await editorPid();
    process.kill(pid, 'SIGSTOP');
    try {
      for (const [token, ...expected] of table()) deepEqual(await answers(token), expected);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
    let rounds = 0;
    const back = async (): Promise<boolean> => {
      for (const [token, ...expected] of table()) deepEqual(await answers(token), expected);
      rounds += 1;
      const again = await editorPid().catch(() => pid);
      return again !== pid && (await status(tokens.anna, '/flows')) === 200;
    };
    await until(back, { deadlineMs: 30_000, what: 'the editor is back', everyMs: 100 });
    ok(rounds > 1, 'asked while it was away');
  });

  const editorPid = (): Promise<number> => pidOf('editor');
  async function pidOf(wanted: string): Promise<number> {
    const answer = await bulkhead.request('/bulkhead/processes', {
      headers: { authorization: `Bearer ${tokens.anna}` },
    });
    const all = v.parse(v.array(v.object({ role: v.string(), pid: v.nullable(v.number()) })), await answer.json());
    const pid = all.find(({ role }) => role === wanted)?.pid;
    if (typeof pid !== 'number') throw new Error(`no ${wanted} runs`);
    return pid;
  }

  it('tells probes whether it is ready, and only those who may look what it waits for', async () => {
    const ready = async (token: string): Promise<unknown> =>
      (await fetch(`${bulkhead.url}/readyz`, { headers: { authorization: `Bearer ${token}` } })).json();
    deepEqual(Object.keys(v.parse(v.looseObject({}), await ready('made up'))), ['ready']);
    deepEqual(Object.keys(v.parse(v.looseObject({}), await ready(tokens.rita))), ['ready', 'waitingFor']);
    equal(await status(null, '/healthz'), 200);
  });

  it('forgets a session that was logged out, at once', async () => {
    const token = await logIn('rita', 'read');
    equal(await status(token, '/bulkhead/plan'), 200);
    await bulkhead.request('/auth/revoke', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    equal(await status(token, '/bulkhead/plan'), 401);
  });

  it('lets work on who is logged in, and in who logs in, while sessions cannot be written; a logout counts too', async () => {
    const file = path.join(bulkhead.home, 'editor', '.sessions.json');
    // As a full disk, it takes nothing.
    await mkdir(`${file}.new`);
    const late = await logIn('anna', '*');
    const ended = await logIn('anna', '*');
    await bulkhead.output.line(/the sessions could not be written/, { deadlineMs: 5_000, what: 'a line about it' });
    const answersOf = async () => [
      await status(tokens.anna, '/bulkhead/plan'),
      await status(late, '/bulkhead/plan'),
      await status(ended, '/bulkhead/plan'),
    ];
    deepEqual(await answersOf(), [200, 200, 200]);
    await bulkhead.request('/auth/revoke', {
      method: 'POST',
      headers: { authorization: `Bearer ${ended}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token: ended }),
    });
    deepEqual(await answersOf(), [200, 200, 401]);
    process.kill(await pidOf('supervisor'), 'SIGKILL');
    await until(async () => (await status(late, '/bulkhead/plan').catch(() => 0)) === 200, {
      deadlineMs: 30_000,
      what: 'another supervisor that knows them',
    });
    deepEqual(await answersOf(), [200, 200, 401]);
    ok(!(await readFile(file, 'utf8')).includes(late));
    await rmdir(`${file}.new`);
    await until(async () => (await readFile(file, 'utf8')).includes(late), { deadlineMs: 20_000, what: 'the file' });
    deepEqual(await answersOf(), [200, 200, 401]);
  });

  it('writes down who did what', async () => {
    const lines = await until(
      async () => {
        const text = await readFile(path.join(bulkhead.home, 'logs', 'audit.jsonl'), 'utf8');
        return text.includes('auth.login.revoke') ? text.trim().split('\n') : null;
      },
      { deadlineMs: 5_000, what: 'the logout in the audit' },
    );
    const entries = lines.map((line) => v.parse(v.looseObject({ at: v.string() }), JSON.parse(line)));
    const has = (wanted: object): boolean =>
      entries.some((entry) => Object.entries(wanted).every(([key, value]) => entry[key] === value));
    ok(has({ user: 'anna', method: 'POST', path: `${one}/restart`, status: 202, address: '127.0.0.1' }));
    ok(has({ user: 'rita', method: 'PATCH', path: one, status: 401 }));
    ok(has({ user: null, method: 'POST', path: `${one}/restart`, status: 401 }));
    ok(has({ event: 'auth.login', user: 'anna' }));
    ok(!lines.some((line) => line.includes(tokens.anna) || line.includes('scrape') || line.includes('plant"')));
  });

  it('stops an address that guesses passwords, and lets those work on who are logged in', async () => {
    const seen: number[] = [];
    for (let n = 0; n < 21; n += 1)
      seen.push((await post(`user${n}`, 'guess', '*', n % 2 ? '/auth/token' : '/Auth/TOKEN/')).status);
    equal(seen.at(-1), 429);
    equal(seen.filter((code) => code === 429).length, 1, seen.join());
    const refused = await post('anna', 'plant', '*');
    match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    equal(await status(tokens.anna, '/flows'), 200);
  });
});
