/**
 * Has the kernel end a child when the keeper dies, even a child that hangs or is no Node.js program (PostgreSQL):
 * util-linux `setpriv --pdeathsig` sets it and executes the command in its place, so the pid stays the child's.
 */
import { spawnSync } from 'node:child_process';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** Wraps a command, or gives it back as it is where there is no such `setpriv`; then `orphan-guard.ts` must do. */
export type WithDeathSignal = (command: Command, signal: NodeJS.Signals) => Command;

/** Where the kernel cannot be asked. */
export const withoutDeathSignal: WithDeathSignal = (command) => command;

export function findDeathSignal(): WithDeathSignal {
  const probe =
    process.platform === 'linux'
      ? spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { stdio: 'ignore' })
      : null;
  if (probe?.status !== 0) return withoutDeathSignal;
  return ({ command, args }, signal) => ({
    command: 'setpriv',
    args: ['--pdeathsig', signal.replace(/^SIG/, ''), '--', command, ...args],
  });
}
