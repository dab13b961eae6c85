import assert from 'node:assert/strict';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { containedFlows, settingsFor } from '../support/contained-flows.ts';
import { type Podman, startPodman } from '../support/podman.ts';
import { until } from '../support/until.ts';

describe('the life of a container', function () {
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

  const ids = () => podman.engine.withLabels({});
  const boxed = () => house.compartmentOfTab('boxed');
  const running = (what: string, more: (found: Awaited<ReturnType<typeof boxed>>) => boolean = () => true) =>
    until(
      async () => {
        const found = await boxed();
        return found.state === 'running' && more(found) ? found : undefined;
      },
      { deadlineMs: 30_000, what },
    );
  /** What the flows answer; a route is known a moment after its compartment. */
  const says = async (path: string): Promise<string> =>
    until(
      // A request that comes in during a deploy is never answered, as in a stock Node-RED.
      async () => (await house.request(path, { signal: AbortSignal.timeout(2_000) })).text(),
      { deadlineMs: 15_000, what: `an answer of ${path}` },
    );

  it('goes on without a supervisor: the next one adopts it, and starts no other', async () => {
    const before = { ids: await ids(), pid: (await boxed()).pid };
    await house.kill('supervisor');
    const { pid, restarts, lastExit } = await running('it is adopted', (found) => found.pid === before.pid);
    assert.deepEqual({ ids: await ids(), pid, restarts, lastExit }, { ...before, restarts: 0, lastExit: null });
    await says('/boxed/where');
  });

  it('outlives the engine, and is heard again when that is back', async () => {
    const { pid } = await boxed();
    await podman.stopService();
    await podman.startService();
    // What it prints while nobody listens is lost.
    const heard = async () => {
      await house.request('/inject/press', { method: 'POST' });
      return (await says('/bulkhead/compartments/boxed/logs')).includes('pressed inside');
    };
    await until(heard, { deadlineMs: 15_000, what: 'its log goes on', everyMs: 200 });
    assert.equal((await boxed()).pid, pid);
  });

  it('takes a deploy as it runs, and becomes a process and a container again where its tab or a person says so', async () => {
    const first = await ids();
    await house.deploy(containedFlows({ answering: 'msg.payload = "changed"; return msg;' }), 'nodes');
    await until(async () => (await says('/boxed/where')) === 'changed', { deadlineMs: 10_000, what: 'the new flow' });
    assert.deepEqual(await ids(), first);
    const { pid } = await house.compartmentOfTab('plain');

    await house.deploy(containedFlows({ launcher: 'process' }), 'nodes');
    await running('it is a process', (found) => found['launcher'] === 'process');
    assert.match(await says('/boxed/where'), new RegExp(`"uid":${process.getuid?.()}\\b`));
    assert.deepEqual(await ids(), []);

    await house.request('/bulkhead/compartments/boxed', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ policy: { launcher: 'container' } }),
    });
    await running('it is a container', (found) => found['launcher'] === 'container');
    assert.equal((await ids()).length, 1);
    assert.equal((await house.compartmentOfTab('plain')).pid, pid);
  });

  it('is not doubled when the program that keeps it is killed', async () => {
    const [first] = await ids();
    const { pid, restarts } = await boxed();
    process.kill(pid ?? 0, 'SIGKILL');
    await running('it is back', (found) => found.restarts === restarts + 1);
    const now = await ids();
    assert.equal(now.length, 1);
    assert.notEqual(now[0], first);
  });

  it('says what is wrong while the engine is away, and is back when that is', async () => {
    const { pid } = await boxed();
    await podman.stopService();
    process.kill(pid ?? 0, 'SIGKILL');
    const { lastExit } = await until(
      async () => {
        const found = await boxed();
        return found.lastExit?.reason === 'startup-failed' ? found : undefined;
      },
      { deadlineMs: 20_000, what: 'its start fails' },
    );
    assert.match(lastExit?.detail ?? '', /the container engine at .* does not answer .* "container.engine"/);
    await podman.startService();
    // The ladder may have ended in quarantine by now.
    await house.request('/bulkhead/compartments/boxed/restart', { method: 'POST' });
    await running('it is back');
    assert.equal((await ids()).length, 1);
  });

  it('ends with its house, also when the keeper is killed, and is taken away', async () => {
    assert.equal((await ids()).length, 1);
    process.kill(house.pid, 'SIGKILL');
    await until(async () => (await ids()).length === 0, { deadlineMs: 20_000, what: 'no container is left' });
    await house.stop();
  });

  it('works over a network of its own, and is taken away by a clean stop', async () => {
    house = await startBulkhead({ flows: containedFlows(), settings: settingsFor(podman, 'podman') });
    const [id = ''] = await ids();
    assert.match(
      await podman.podman('inspect', '--format', '{{.NetworkSettings.Networks.podman.IPAddress}}', id),
      /^10\./,
    );
    assert.match(await says('/boxed/where'), /"uid":1000\b/);
    assert.match(await says('/plain/through'), /"whenIsDate":true/);
    assert.equal(await house.stop(), 0);
    assert.deepEqual(await ids(), []);
  });
});
