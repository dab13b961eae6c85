/**
 * Last words: why the process ends and which node made it end, written synchronously because nothing after them may
 * run. What Node-RED catches (an exception in an input handler) never comes here and stays a node's error.
 */
import { syncBuiltinESMExports } from 'node:module';
import { lastWords } from '../protocol/beats.ts';
import type { ExitReason } from '../protocol/messages.ts';
import { describeError, type Fault, nodeAtFault } from './node-trace.ts';

export interface CrashReporter {
  /** Ends the process on purpose; no last words. */
  exit(code: number): never;
  /** Called once when the process is about to die of a node. */
  beforeDeath(listener: (fault: Fault) => void): void;
}

/** `clean` takes out of a text what nobody may read. */
export function installCrashReporter(clean: (text: string) => string = (text) => text): CrashReporter {
  const realExit = process.exit.bind(process);
  let dying = false;
  let tell = (_fault: Fault): void => {};

  const die = (reason: ExitReason, error: unknown): void => {
    if (dying) return;
    dying = true;
    // Whatever fails in here must not keep it alive: it would hear of no further fault.
    quietly(() => say(reason, clean(describeError(error)), nodeAtFault(error), tell));
    quietly(() => console.error(error));
    realExit(1);
  };
  process.on('uncaughtException', (error, origin) => {
    die(origin === 'unhandledRejection' ? 'unhandled-rejection' : 'uncaught-exception', error);
  });
  process.on('unhandledRejection', (reason) => die('unhandled-rejection', reason));

  // Nodes that call it, whatever way they came by it: `process`, `require('process')`, `import`.
  process.exit = (code?: number | string | null): never => {
    if (!dying) {
      dying = true;
      quietly(() => {
        const shown = code ?? process.exitCode ?? 0;
        say('exit', `a node called process.exit(${shown})`, nodeAtFault(new Error('exit')), tell);
      });
    }
    return realExit(code);
  };
  syncBuiltinESMExports();

  return {
    exit(code) {
      dying = true;
      return realExit(code);
    },
    beforeDeath(listener) {
      tell = listener;
    },
  };
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The process is about to end.
  }
}

function say(reason: ExitReason, detail: string, fault: Fault | undefined, tell: (fault: Fault) => void): void {
  if (fault === undefined) return lastWords({ reason, detail });
  // The words first: they are what must get out whatever happens.
  lastWords({ reason, detail, nodeId: fault.nodeId, exact: fault.exact });
  tell(fault);
}
