/** The program of a compartment. Started by the keeper; everything it needs comes on descriptor 3. */
import { lastWords } from '../protocol/beats.ts';
import { readBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { loadRuntime } from '../node-red/internals.ts';
import { parseCompartmentBoot, parseSpareBoot } from './boot.ts';
import { openCompartment } from './compartment.ts';
import { putOffModules } from './lazy-modules.ts';
import { createShell } from './shell.ts';
import { openSpare } from './spare.ts';
import { toSupervisor } from './supervisor-connection.ts';
import { installCrashReporter } from '../node-red/crash-reporter.ts';
import { boundOutput } from '../node-red/log-output.ts';
import type { PerSecondLimit } from '../node-red/per-second-limit.ts';

const signalDeadlineMs = 8000;

const reporter = installCrashReporter();
try {
  const { logLimitPerSecond, open } = readBoot((value) => {
    const spare = parseSpareBoot(value);
    if (spare !== null) return { ...spare, open: (output: PerSecondLimit) => openSpare(spare, reporter, output) };
    const boot = parseCompartmentBoot(value);
    const connect = toSupervisor(boot.supervisorSocket);
    return {
      ...boot,
      open: (output: PerSecondLimit) => openCompartment(boot, reporter, output, connect, createShell()),
    };
  });
  const compartment = open(boundOutput(logLimitPerSecond));
  endWhenKeeperGone(() => void compartment.stop(1500));
  process.on('SIGTERM', () => void compartment.stop(signalDeadlineMs));
  process.on('SIGINT', () => void compartment.stop(signalDeadlineMs));
  putOffModules();
  // While the connection is made: half of the start is spent in reading Node-RED.
  loadRuntime();
} catch (error) {
  console.error(error);
  lastWords({ reason: 'startup-failed', detail: error instanceof Error ? error.message : String(error) });
  reporter.exit(1);
}
