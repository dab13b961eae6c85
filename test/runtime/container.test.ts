import assert from 'node:assert/strict';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { containedFlows, settingsFor } from '../support/contained-flows.ts';
import { type Podman, startPodman } from '../support/podman.ts';
import { until } from '../support/until.ts';

const whereSchema = v.object({
  uid: v.number(),
  host: v.string(),
  status: v.string(),
  environment: v.array(v.string()),
  arguments: v.string(),
});
const throughSchema = v.object({ seen: v.array(v.number()), uid: v.number(), whenIsDate: v.boolean() });

describe('a compartment in a container', function () {
  this.timeout(120_000);
  let podman: Podman;
  let house: Bulkhead;

  before(async () => {
    podman = await startPodman();
    house = await startBulkhead({ flows: containedFlows(), settings: settingsFor(podman) });
  });
  after(async () => {
    await house.stop();
    await podman.remove();
  });

  const json = async (path: string): Promise<unknown> => (await house.request(path)).json();
  const boxed = () => house.compartmentOfTab('boxed');
  const others = async () =>
    (await house.compartments())
      .filter(({ id }) => id !== 'boxed')
      .map(({ id, pid, restarts }) => ({ id, pid, restarts }));
  /** Resolves with its last exit, once it runs again. Many short lives in a row would end in quarantine: started by hand. */
  const ended = async (how: () => Promise<unknown>, by: 'hand' | 'itself' = 'hand') => {
    const before = { boxed: await boxed(), others: await others() };
    await how();
    const now = await until(
      async () => {
        const found = await boxed();
        if (found.restarts === before.boxed.restarts && found.lastExit?.['at'] === before.boxed.lastExit?.['at'])
          return;
        if (found.state === 'running') return found;
        if (by === 'hand') await house.request('/bulkhead/compartments/boxed/start', { method: 'POST' });
        return undefined;
      },
      { deadlineMs: 30_000, what: 'the container is back', everyMs: 100 },
    );
    assert.deepEqual(await others(), before.others);
    assert.equal((await podman.containers()).length, 1);
    return now.lastExit;
  };
  const die = (how: string, by?: 'itself') => ended(() => house.request(`/boxed/die?how=${how}`).catch(() => {}), by);

  it('runs the same flows, is named as one, and answers over HTTP', async () => {
    assert.equal((await boxed())['launcher'], 'container');
    assert.equal((await house.compartmentOfTab('plain'))['launcher'], 'process');
    const where = v.parse(whereSchema, await json('/boxed/where'));
    assert.equal(where.uid, 1000);
    // No capability, and no way to any.
    assert.match(where.status, /^CapEff:\s+0+$/m);
    assert.match(where.status, /^NoNewPrivs:\s+1$/m);
  });

  it('passes its token by a file alone', async () => {
    const where = v.parse(whereSchema, await json('/boxed/where'));
    const [id] = await podman.containers();
    const inspected = await podman.podman('inspect', id ?? '');
    const secrets = await secretsOf(podman, id ?? '');
    for (const secret of secrets) {
      for (const text of [where.arguments, where.environment.join(), inspected]) assert.ok(!text.includes(secret));
    }
  });

  it('is linked with tabs in processes, both ways, in order', async () => {
    const { seen, uid, whenIsDate } = v.parse(throughSchema, await json('/plain/through'));
    assert.deepEqual(
      seen,
      Array.from({ length: 500 }, (_, index) => index),
    );
    assert.equal(uid, 1000);
    assert.ok(whenIsDate);
  });

  it('takes the press of an inject button, and shares the global context', async () => {
    await house.request('/inject/press', { method: 'POST' });
    await until(async () => (await (await house.request('/plain/global')).text()).includes('in the container'), {
      deadlineMs: 5_000,
      what: 'the global context reaches the process',
    });
  });

  it('has its log in the log of the compartment', async () => {
    await house.request('/inject/press', { method: 'POST' });
    await until(async () => (await logOf(house)).some((line) => line.includes('pressed inside')), {
      deadlineMs: 5_000,
      what: 'the line is in the log',
    });
    // Beats share its stderr with what it prints.
    assert.ok((await logOf(house)).every((line) => !line.includes('\u0001')));
  });

  it('reports what it uses, not what keeps it uses', async () => {
    const { memory } = v.parse(
      v.object({ memory: v.object({ rssBytes: v.number() }) }),
      await until(
        async () => {
          const found = await boxed();
          return v.parse(v.object({ rssBytes: v.number() }), found['memory']).rssBytes > 0 ? found : undefined;
        },
        { deadlineMs: 5_000, what: 'its memory is known' },
      ),
    );
    assert.ok(memory.rssBytes > 30_000_000 && memory.rssBytes < 300_000_000);
  });

  it('is not killed in a burst of legal messages that is longer than the hang limit', async () => {
    const { restarts } = await boxed();
    await (await house.request('/boxed/burst?ms=6000', { signal: AbortSignal.timeout(15_000) })).text();
    await json('/boxed/where');
    assert.equal((await boxed()).restarts, restarts);
  });

  it('names an uncaught exception and its node', async () => {
    const exit = await die('throw', 'itself');
    assert.equal(exit?.reason, 'uncaught-exception');
    assert.match(exit.detail, /broken on purpose/);
    assert.equal(exit.nodeId, 'dying');
  });

  it('names process.exit', async () => {
    const exit = await die('exit');
    assert.equal(exit?.reason, 'exit');
    assert.match(exit.detail, /process\.exit\(3\)/);
  });

  it('names a kill from outside', async () => {
    const [id = ''] = await podman.containers();
    const exit = await ended(() => podman.podman('kill', '--signal', 'KILL', id));
    assert.equal(exit?.reason, 'signal');
  });

  it('names a hang, and its node', async () => {
    const exit = await die('hang');
    assert.equal(exit?.reason, 'hang');
    assert.equal(exit.nodeId, 'dying');
  });

  it('tells a full heap from a full container', async () => {
    assert.equal((await die('heap'))?.reason, 'out-of-memory');
    // Buffers are outside of the heap: the kernel ends it at the limit of its cgroup.
    const exit = await die('buffers');
    assert.equal(exit?.reason, 'memory-limit');
    assert.match(exit.detail, /kernel/);
  });
});

const logSchema = v.array(v.object({ text: v.string() }));

async function logOf(house: Bulkhead): Promise<readonly string[]> {
  const lines: unknown = await (await house.request('/bulkhead/compartments/boxed/logs?lines=500')).json();
  return v.parse(logSchema, lines).map(({ text }) => text);
}

/** The token and the key that the container was given. */
async function secretsOf(podman: Podman, name: string): Promise<readonly string[]> {
  const file = await podman.podman('exec', name, 'node', '-p', 'fs.readFileSync("/run/bulkhead/boot.json", "utf8")');
  const boot = v.parse(
    v.object({
      token: v.string(),
      linkSecret: v.string(),
      contained: v.object({ gate: v.object({ key: v.string() }) }),
    }),
    JSON.parse(file),
  );
  return [boot.token, boot.linkSecret, boot.contained.gate.key.split('\n')[1] ?? ''];
}
