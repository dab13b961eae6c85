import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endOfContainer } from '../../../packages/runtime/src/container/end-of-container.ts';
import { connectEngine } from '../../../packages/runtime/src/container/engine.ts';
import { countIn, oomFileOf } from '../../../packages/runtime/src/container/oom-kills.ts';

/** In the shape of `ContainerInspect` (Docker Engine API 1.51) after an OOM kill, shortened. */
const recorded = {
  Id: '5f3c',
  State: {
    ...{ Status: 'exited', Running: false, Paused: false, Restarting: false, OOMKilled: true, Dead: false, Pid: 0 },
    ...{ ExitCode: 137, Error: '', StartedAt: '2026-01-01T00:00:00Z', FinishedAt: '2026-01-01T00:00:09Z' },
  },
  NetworkSettings: { Networks: { bridge: { Gateway: '172.17.0.1', IPAddress: '' } } },
};

describe('the end of a container', () => {
  let folder: string;
  let server: Server;
  let answers: Record<string, readonly [number, unknown]>;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'bh-engine-'));
    answers = { 'GET /containers/5f3c/json': [200, recorded] };
    server = createServer((request, response) => {
      const [status, body] = answers[`${request.method} ${request.url}`] ?? [404, { message: 'no such container' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(path.join(folder, 's'), resolve));
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const engine = () => connectEngine(path.join(folder, 's'));

  it('is a memory limit where the engine says that the kernel ended it', async () => {
    const { exitCode, words } = endOfContainer(await engine().inspect('5f3c'), null, 300);
    assert.equal(exitCode, 137);
    assert.equal(words?.reason, 'memory-limit');
    assert.match(words.detail, /300 MB/);
  });

  it('is a memory limit where only the kernel says so', () => {
    const state = { running: false, pid: 0, exitCode: 137, oomKilled: false, gateway: '', error: '' };
    assert.equal(endOfContainer(state, 1, 300).words?.reason, 'memory-limit');
    assert.equal(endOfContainer(state, 0, 300).words, null);
    assert.equal(endOfContainer(state, null, 300).words, null);
  });

  it('is its own story where the kernel took another process of it', () => {
    const state = { running: false, pid: 0, exitCode: 1, oomKilled: true, gateway: '', error: '' };
    assert.deepEqual(endOfContainer(state, 1, 300), { exitCode: 1, words: null });
  });

  it('is said where somebody removed it', async () => {
    const { words } = endOfContainer(await engine().inspect('gone'), null, 300);
    assert.match(words?.detail ?? '', /removed/);
  });

  it('has errors that name the socket, or what the engine said', async () => {
    await assert.rejects(engine().start('gone'), /refuses POST \/containers\/gone\/start: no such container/);
    await assert.rejects(
      connectEngine('/nowhere.sock').start('x'),
      /\/nowhere\.sock does not answer \(ENOENT\).*"container\.engine"/,
    );
  });

  it('finds the count of the kernel in both versions of cgroups', () => {
    const v1 = '11:cpu,cpuacct:/a\n4:memory:/libpod_parent/libpod-1\n0::/\n';
    assert.equal(oomFileOf(v1), '/sys/fs/cgroup/memory/libpod_parent/libpod-1/memory.oom_control');
    assert.equal(oomFileOf('0::/machine.slice/c1\n'), '/sys/fs/cgroup/machine.slice/c1/memory.events');
    assert.equal(countIn('oom_kill_disable 0\nunder_oom 0\noom_kill 1\n'), 1);
    assert.equal(countIn('low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\noom_group_kill 0\n'), 2);
    assert.equal(countIn(''), null);
  });
});
