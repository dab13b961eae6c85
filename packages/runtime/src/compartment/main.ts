/**
 * The program of a compartment. Started by the keeper, everything it needs comes on descriptor 3; started in a container
 * (`container/main.ts`), in the file that its argument names.
 */
import { beatOnStderr, lastWords } from '../protocol/beats.ts';
import { readBoot } from '../protocol/boot.ts';
import { endAsOrphan, endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { loadRuntime } from '../node-red/internals.ts';
import { parseCompartmentBoot, parseSpareBoot } from './boot.ts';
import { openCompartment } from './compartment.ts';
import { openPorter } from './porter.ts';
import { reach } from './reach.ts';
import { putOffModules } from './lazy-modules.ts';
import { waitForFile } from './wait-for-file.ts';
import { createBlot } from './in-hand/blot.ts';
import { createShell } from './shell.ts';
import { openSpare } from './spare.ts';
import { toSupervisor } from './supervisor-connection.ts';
import { installCrashReporter } from '../node-red/crash-reporter.ts';
import { boundOutput } from '../node-red/log-output.ts';
import type { PerSecondLimit } from '../node-red/per-second-limit.ts';

const signalDeadlineMs = 8000;

const [, , bootFile] = process.argv;
if (bootFile !== undefined) {
  beatOnStderr();
  waitForFile(bootFile);
}
const blot = createBlot();
const reporter = installCrashReporter(blot.clean);
try {
  const { logLimitPerSecond, open, contained } = readBoot((value) => {
    const spare = parseSpareBoot(value);
    if (spare !== null) {
      return {
        ...spare,
        contained: null,
        open: (output: PerSecondLimit) => openSpare(spare, { reporter, blot, output }),
      };
    }
    const boot = parseCompartmentBoot(value);
    const connect = toSupervisor(reach(boot, boot.supervisorSocket));
    return {
      ...boot,
      contained: boot.contained && { ...boot, ...boot.contained },
      open: (output: PerSecondLimit) => openCompartment(boot, { reporter, blot, output }, connect, createShell()),
    };
  }, bootFile);
  const compartment = open(boundOutput(logLimitPerSecond, blot.clean));
  const onKeeperGone = (): void => void compartment.stop(1500);
  if (contained === null) endWhenKeeperGone(onKeeperGone);
  else openPorter(contained, contained.gate, () => endAsOrphan(onKeeperGone));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // It ends with code 0, as if by itself; the keeper knows better where it sent the signal.
      lastWords({ reason: 'signal', detail: `ended from outside by ${signal}` });
      void compartment.stop(signalDeadlineMs);
    });
  }
  putOffModules();
  // While the connection is made: half of the start is spent in reading Node-RED.
  loadRuntime();
} catch (error) {
  console.error(error);
  lastWords({ reason: 'startup-failed', detail: error instanceof Error ? error.message : String(error) });
  reporter.exit(1);
}
