/** The program of the editor process. Started by the keeper; everything it needs comes on descriptor 3. */
import { installCrashReporter } from '../node-red/crash-reporter.ts';
import { boundOutput } from '../node-red/log-output.ts';
import { lastWords, startBeats } from '../protocol/beats.ts';
import { readBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { parseEditorBoot } from './boot.ts';
import { type Editor, openEditor } from './editor.ts';

const stopDeadlineMs = 2500;
const logLinesPerSecond = 500;

const reporter = installCrashReporter();
let editor: Editor | undefined;

function stop(): void {
  setTimeout(() => reporter.exit(0), stopDeadlineMs);
  void Promise.resolve(editor?.stop())
    .catch((error: unknown) => console.error(error))
    .then(() => reporter.exit(0));
}

try {
  const boot = readBoot(parseEditorBoot);
  boundOutput(logLinesPerSecond);
  startBeats();
  endWhenKeeperGone(() => reporter.exit(1));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  editor = await openEditor(boot);
} catch (error) {
  console.error(error);
  lastWords({ reason: 'startup-failed', detail: error instanceof Error ? error.message : String(error) });
  reporter.exit(1);
}
