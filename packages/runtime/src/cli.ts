#!/usr/bin/env node
/** The `bulkhead` command. */
import { readFileSync } from 'node:fs';
import { commands, runCommand } from './cli/commands.ts';
import { exitCodes, runKeeper } from './keeper/run.ts';

const usage = `Usage: npx bulkhead <command>

  start                  start the house, as npm start does after it has installed and built;
                         stop it with Ctrl-C or SIGTERM

Of a house that runs:
  ps                     its compartments: state, CPU, memory, restarts, last exit
  logs NAME [-f]         the last lines of a compartment, named by name, tab or id;
                         --lines N (default 100), -f goes on until Ctrl-C
  restart NAME           restart one compartment, and wait until it runs again
  login, logout          where the house has a login: asks for user and password, and keeps
                         the token in the home, for its owner alone, until it expires

Of a flow file:
  plan FLOWS.json        which tabs would run together, and why
  validate FLOWS.json    unknown types, missing config nodes, secrets in clear text,
                         two sources of one topic, two entries of one id, subflows
                         that contain themselves; --house: also ask the running house
                         for its palette

Flows in Git:
  export DIR             the house's flows as a folder: one file per tab, nothing secret;
                         --file FLOWS.json: those of a flow file
  import DIR             deploys such a folder; --file FLOWS.json: writes a flow file

  --json                 with any of these: for programs (logs: one object per line)
  --version, --help

Environment: BULKHEAD_HOME (default ./.bulkhead), BULKHEAD_HOST (127.0.0.1), BULKHEAD_PORT (1880),
BULKHEAD_TOKEN (of login.tokens, for a program; counts more than a login).
Everything else is set in bulkhead.yaml in the home.
Exit codes: 0 good, 1 failed or something is wrong, 64 wrong usage, 78 wrong configuration.
`;

/** Both `src/` and `dist/` lie beside the package's manifest. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

function wrong(message: string): number {
  process.stderr.write(`bulkhead: ${message}; see npx bulkhead --help\n`);
  return exitCodes.usage;
}

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'start':
      return rest.length > 0 ? wrong(`start takes no arguments, "${rest.join(' ')}" was given`) : runKeeper();
    case '--version':
    case '-v':
      process.stdout.write(`${version()}\n`);
      return exitCodes.stopped;
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(usage);
      return exitCodes.stopped;
    case undefined:
      return wrong('a command is missing');
    default:
      return Object.hasOwn(commands, command)
        ? runCommand(command, rest, process.env)
        : wrong(`unknown command "${command}"`);
  }
}

// Whoever read our output may be gone (`| head`): no reason to take the house down.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
process.exit(await main(process.argv.slice(2)));
