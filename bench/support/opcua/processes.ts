import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface BenchProcess {
  /** The next line on stdout; rejects when the process ends before. */
  line(): Promise<string>;
  stop(): Promise<void>;
}

export function startProcess(script: string, args: readonly string[]): BenchProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let wake: (() => void) | undefined;
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    wake?.();
  });
  child.once('exit', () => wake?.());
  return {
    async line() {
      for (;;) {
        const end = text.indexOf('\n');
        if (end >= 0) {
          const line = text.slice(0, end);
          text = text.slice(end + 1);
          return line;
        }
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${script} ended without an answer`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
