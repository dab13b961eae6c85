import { equal, ok } from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type LastWill, openLastWill } from '../../packages/runtime/src/keeper/last-will.ts';
import { until } from '../support/until.ts';
import { isAlive } from './fixtures/alive.ts';

describe('the last will of a keeper', () => {
  let will: LastWill;
  const groups: ChildProcess[] = [];
  const group = (): number => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
    groups.push(child);
    return child.pid ?? 0;
  };
  beforeEach(() => {
    will = openLastWill(0);
  });
  afterEach(async () => {
    will.close();
    for (const child of groups.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  /** Closes the pipe, as the end of the keeper does. */
  const ends = (...pids: number[]): Promise<boolean> => {
    will.close();
    return until(() => !pids.some(isAlive), { deadlineMs: 5_000, what: 'their end' });
  };
  const shells = (): number[] =>
    execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.trim().endsWith(' sh'))
      .map((line) => Number.parseInt(line, 10));

  it('ends the groups that it holds, and none that it released', async () => {
    const [first, released, last] = [group(), group(), group()];
    for (const pid of [first, released, last]) will.holds(pid);
    will.releases(released);
    await ends(first, last);
    ok(isAlive(released));
  });

  it('is kept also where its shell was killed', async () => {
    const held = group();
    will.holds(held);
    const [shell = 0] = await until(() => (shells().length === 1 ? shells() : null), {
      deadlineMs: 5_000,
      what: 'its shell',
    });
    process.kill(shell, 'SIGKILL');
    await until(() => shells().length === 1 && shells()[0] !== shell, { deadlineMs: 5_000, what: 'another shell' });
    equal(isAlive(held), true);
    await ends(held);
  });
});
