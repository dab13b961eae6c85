import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isRecord } from '@bulkhead/core';
import type { Probed } from './run-probe.ts';

export interface ProbeDialogOptions {
  /** A script of the palette that calls `answerMany`. */
  script: string;
  /** For each answer; a process that takes longer is killed. */
  deadlineMs: number;
  /** A process that was asked nothing for this long is killed. */
  idleMs: number;
  mostAtOnce: number;
}

/** Questions that belong together and share a process: an open dialog, with its connection and its place in a list. */
export interface ProbeDialogs {
  /** Starts the dialog's process when there is none. Never rejects. */
  ask(dialog: string, question: object): Promise<Probed>;
  end(dialog: string): void;
}

interface Dialog {
  child: ChildProcess;
  waiting: Map<number, (probed: Probed) => void>;
  idle: NodeJS.Timeout | undefined;
}

const leavingMs = 3_000;
/** A probe that prints more in one answer is broken. */
const largestAnswer = 4 * 1024 * 1024;

export function createProbeDialogs({ script, deadlineMs, idleMs, mostAtOnce }: ProbeDialogOptions): ProbeDialogs {
  const dialogs = new Map<string, Dialog>();
  let lastId = 0;

  /** One that is only no longer needed may end what it has with the device; one that failed may not. */
  const end = (name: string, reason: string, isLeaving = false): void => {
    const dialog = dialogs.get(name);
    if (dialog === undefined) return;
    dialogs.delete(name);
    clearTimeout(dialog.idle);
    const { child } = dialog;
    child.stdin?.end();
    if (isLeaving) setTimeout(() => child.kill('SIGKILL'), leavingMs).unref();
    else child.kill('SIGKILL');
    for (const settle of dialog.waiting.values()) settle({ ok: false, reason });
  };

  const take = (name: string, dialog: Dialog, line: string): void => {
    const answer: unknown = line.length > largestAnswer ? undefined : JSON.parse(line);
    if (!isRecord(answer) || typeof answer['id'] !== 'number') {
      end(name, 'the answer is too large');
      return;
    }
    dialog.waiting.get(answer['id'])?.({ ok: true, output: JSON.stringify(answer['result']) });
  };

  const start = (name: string): Dialog => {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    const dialog: Dialog = { child, waiting: new Map(), idle: undefined };
    dialogs.set(name, dialog);
    const over = (reason: string): void => {
      if (dialogs.get(name) === dialog) end(name, reason);
    };
    child.on('error', (error) => over(error.message));
    child.on('close', (code, signal) => over(`the test ended with ${code ?? signal ?? 'an error'}`));
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      try {
        take(name, dialog, line);
      } catch {
        over('the answer cannot be read');
      }
    });
    return dialog;
  };

  /** Room for one more: of those that wait for nothing, the one that was started first goes. */
  const makeRoom = (): boolean => {
    if (dialogs.size < mostAtOnce) return true;
    const [idle] = [...dialogs].find(([, { waiting }]) => waiting.size === 0) ?? [];
    if (idle === undefined) return false;
    end(idle, 'another dialog took its place', true);
    return true;
  };

  return {
    end: (name) => end(name, 'the dialog was closed', true),
    ask(name, question) {
      const known = dialogs.get(name);
      if (known === undefined && !makeRoom()) {
        return Promise.resolve({ ok: false, reason: 'too many tests are under way, try again in a moment' });
      }
      const dialog = known ?? start(name);
      clearTimeout(dialog.idle);
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        const deadline = setTimeout(() => end(name, `no answer within ${deadlineMs} ms`), deadlineMs);
        dialog.waiting.set(id, (probed) => {
          clearTimeout(deadline);
          dialog.waiting.delete(id);
          if (dialog.waiting.size === 0) dialog.idle = setTimeout(() => end(name, 'it was idle', true), idleMs).unref();
          resolve(probed);
        });
        dialog.child.stdin?.write(`${JSON.stringify({ id, question })}\n`);
      });
    },
  };
}
