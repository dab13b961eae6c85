import type { ChildProcess } from 'node:child_process';

const keptLines = 2_000;

/** The last 2,000 lines that a child wrote, stdout and stderr together, and a way to wait for one of them. */
export interface ChildOutput {
  lines(): readonly string[];
  /** Resolves to the first match in a line, past or future; rejects at the deadline or when the child has ended. */
  line(pattern: RegExp, options: { deadlineMs: number; what: string }): Promise<RegExpExecArray>;
}

export function collectOutput(child: ChildProcess): ChildOutput {
  const kept: string[] = [];
  const watchers = new Set<(line: string) => void>();
  const endings = new Set<(how: string) => void>();
  let ended: string | undefined;

  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const pieces = (rest + chunk).split('\n');
      rest = pieces.pop() ?? '';
      for (const line of pieces) {
        kept.push(line);
        if (kept.length > keptLines) kept.shift();
        for (const watch of watchers) watch(line);
      }
    });
  }
  child.on('close', (code, signal) => {
    ended = `it ended with ${signal ?? code}`;
    for (const end of endings) end(ended);
  });

  function line(pattern: RegExp, { deadlineMs, what }: { deadlineMs: number; what: string }): Promise<RegExpExecArray> {
    for (const known of kept) {
      const match = pattern.exec(known);
      if (match) return Promise.resolve(match);
    }
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(deadline);
        watchers.delete(watch);
        endings.delete(fail);
        act();
      };
      const fail = (why: string): void =>
        settle(() => reject(new Error(`${what}: ${why}; its last lines:\n${kept.slice(-40).join('\n')}`)));
      const watch = (text: string): void => {
        const match = pattern.exec(text);
        if (match) settle(() => resolve(match));
      };
      const deadline = setTimeout(() => fail(`not within ${deadlineMs} ms`), deadlineMs);
      watchers.add(watch);
      endings.add(fail);
      if (ended !== undefined) fail(ended);
    });
  }

  return { lines: () => kept, line };
}
