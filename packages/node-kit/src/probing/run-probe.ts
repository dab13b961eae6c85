import { spawn } from 'node:child_process';

export type Probed = { ok: true; output: string } | { ok: false; reason: string };

export interface ProbeOptions {
  /** A script of the palette, which reads one question from stdin and prints its answer on stdout. */
  script: string;
  question: string;
  deadlineMs: number;
}

/** A probe that prints more is broken. */
const largestBytes = 4 * 1024 * 1024;
/** Each is a process of some 50 MB. */
const mostAtOnce = 4;
let running = 0;

/**
 * Asks a process that lives for this one question: what it loads, and how it ends, touches nobody. It is killed when the
 * deadline has passed. Never rejects.
 */
export function runProbe({ script, question, deadlineMs }: ProbeOptions): Promise<Probed> {
  if (running >= mostAtOnce)
    return Promise.resolve({ ok: false, reason: 'too many tests are under way, try again in a moment' });
  running += 1;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    const parts: Buffer[] = [];
    let bytes = 0;
    let isOver = false;
    const end = (probed: Probed): void => {
      if (isOver) return;
      isOver = true;
      running -= 1;
      clearTimeout(deadline);
      child.kill('SIGKILL');
      resolve(probed);
    };
    const deadline = setTimeout(() => end({ ok: false, reason: `no answer within ${deadlineMs} ms` }), deadlineMs);
    child.on('error', (error) => end({ ok: false, reason: error.message }));
    child.stdin.on('error', () => {});
    child.stdout.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > largestBytes) end({ ok: false, reason: 'the answer is too large' });
      else parts.push(part);
    });
    child.on('close', (code, signal) => {
      if (code === 0) end({ ok: true, output: Buffer.concat(parts).toString('utf8') });
      else end({ ok: false, reason: `the test ended with ${code ?? signal ?? 'an error'}` });
    });
    child.stdin.end(question);
  });
}
