/** Questions to a person at the terminal; where input is no terminal, its lines are the answers. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError } from './command-error.ts';

export interface Prompt {
  /** Rejects with a `CommandError` when the person ends the input or presses Ctrl-C. */
  ask(question: string, how?: { readonly hidden: boolean }): Promise<string>;
  close(): void;
}

export function createPrompt(input: NodeJS.ReadStream, screen: NodeJS.WriteStream, ended: AbortSignal): Prompt {
  let isHidden = true;
  const echo = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      if (!isHidden) screen.write(chunk);
      done();
    },
  });
  const lines: string[] = [];
  let isOver = false;
  let wake = (): void => {};
  const reader = createInterface({ input, output: echo, terminal: input.isTTY });
  reader
    .on('line', (line) => {
      // At once: what is pasted with it may be a password.
      isHidden = true;
      lines.push(line);
      wake();
    })
    .on('SIGINT', () => reader.close())
    .on('close', () => {
      isOver = true;
      wake();
    });
  ended.addEventListener('abort', () => reader.close());
  return {
    async ask(question, { hidden } = { hidden: false }) {
      if (input.isTTY) screen.write(question);
      isHidden = hidden;
      while (lines.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      if (input.isTTY && (hidden || isOver)) screen.write('\n');
      const line = lines.shift();
      if (line === undefined) throw new CommandError('nothing was entered');
      return line;
    },
    close: () => reader.close(),
  };
}
