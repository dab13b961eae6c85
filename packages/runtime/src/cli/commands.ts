/** Every command but `start`: arguments are checked here, and what went wrong becomes one line and an exit code. */
import { ownEntry } from '../node-red/own-entry.ts';
import { parseArgs } from 'node:util';
import { errorMessage } from '@bulkhead/core';
import type { Command, Flags } from './command.ts';
import { CommandError } from './command-error.ts';
import { exportFlows } from './export.ts';
import { homePath } from '../config/home.ts';
import { houseOf } from './house.ts';
import { importFlows } from './import.ts';
import { keptLogins } from './kept-logins.ts';
import { login, logout } from './login.ts';
import { logs } from './logs.ts';
import { createPrompt } from './prompt.ts';
import { plan } from './plan.ts';
import { ps } from './ps.ts';
import { restart } from './restart.ts';
import { validate } from './validate.ts';

export const commands: Readonly<Record<string, Command>> = {
  ps,
  logs,
  restart,
  login,
  logout,
  plan,
  validate,
  export: exportFlows,
  import: importFlows,
};

export const exitCodes = { good: 0, failed: 1, usage: 64 } as const;

const defaultLines = 100;

/** Runs one command to its exit code. Wrong usage is 64; everything else that fails is 1. */
export async function runCommand(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`bulkhead: ${line}\n`);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const unwritten = watchOutput(end);
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    const command = ownEntry(commands, name);
    if (!command) throw new CommandError(`unknown command "${name}"`, 'usage');
    const { argument, flags } = parseCommandLine(name, command, args);
    const logins = keptLogins(homePath(environment, process.cwd()), Date.now);
    const good = await command.run(argument, flags, {
      house: houseOf(environment, logins),
      logins,
      prompt: () => createPrompt(process.stdin, process.stderr, ended.signal),
      out: (line) => void process.stdout.write(`${line}\n`),
      note: say,
      cwd: process.cwd(),
      environment,
      ended: ended.signal,
    });
    const because = await unwritten();
    if (because !== null) throw new CommandError(`the answer could not be written: ${because}`);
    return good ? exitCodes.good : exitCodes.failed;
  } catch (error) {
    const usage = error instanceof CommandError && error.kind === 'usage';
    say(usage ? `${error.message}; see npx bulkhead --help` : errorMessage(error));
    return usage ? exitCodes.usage : exitCodes.failed;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

/** `end`: nobody takes what is written any more. Resolves to what is wrong with that, once all was written. */
function watchOutput(end: () => void): () => Promise<string | null> {
  let problem: string | null = null;
  process.stdout.on('error', (error: Error) => {
    // Who reads has seen enough (`| head`), which is nothing wrong.
    if (!('code' in error && error.code === 'EPIPE')) problem ??= error.message;
    end();
  });
  return async () => {
    await new Promise<void>((done) => process.stdout.write('', () => done()));
    return problem;
  };
}

/** Throws a `CommandError` of the kind `usage` for what the command does not take. */
export function parseCommandLine(
  name: string,
  command: Command,
  args: readonly string[],
): { readonly argument: string; readonly flags: Flags } {
  const { values, positionals } = read(name, args);
  const given = Object.keys(values).filter((flag) => !command.flags.some((offered) => offered === flag));
  if (given.length > 0) throw new CommandError(`${name} has no option --${given[0]}`, 'usage');
  const most = command.argument === null ? 0 : 1;
  if (positionals.length < most) throw new CommandError(`${name} needs ${command.argument}`, 'usage');
  if (positionals.length > most) throw new CommandError(`${name} does not take "${positionals[most]}"`, 'usage');
  const lines = values.lines === undefined ? defaultLines : Number(values.lines);
  if (!Number.isInteger(lines) || lines < 1)
    throw new CommandError('--lines must be a whole number of at least 1', 'usage');
  return {
    argument: positionals[0] ?? '',
    flags: {
      json: values.json ?? false,
      follow: values.follow ?? false,
      lines,
      house: values.house ?? false,
      ...(values.file === undefined ? {} : { file: values.file }),
    },
  };
}

function read(name: string, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        follow: { type: 'boolean', short: 'f' },
        lines: { type: 'string', short: 'n' },
        house: { type: 'boolean' },
        file: { type: 'string' },
      },
    });
  } catch (error) {
    throw new CommandError(`${name}: ${errorMessage(error).split(/\.(?:\s|$)/, 1)[0]}`, 'usage');
  }
}
