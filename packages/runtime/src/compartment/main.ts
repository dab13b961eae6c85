/** The program of a compartment. Started by the keeper; everything it needs comes on descriptor 3. */
import { lastWords } from '../protocol/beats.ts';
import { readBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { loadRuntime } from '../node-red/internals.ts';
import { parseCompartmentBoot } from './boot.ts';
import { openCompartment } from './compartment.ts';
import { putOffModules } from './lazy-modules.ts';
import { installCrashReporter } from '../node-red/crash-reporter.ts';
import { boundOutput } from '../node-red/log-output.ts';

const signalDeadlineMs = 8000;

const reporter = installCrashReporter();
try {
  const boot = readBoot(parseCompartmentBoot);
  const output = boundOutput(boot.logLimitPerSecond);
  const compartment = openCompartment(boot, reporter, output);
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
