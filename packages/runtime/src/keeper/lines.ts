/** Cuts a child's output into lines. A line longer than the bound is cut there: output without newlines must not pile up. */
import { StringDecoder } from 'node:string_decoder';

export interface LineReader {
  push(chunk: Buffer): void;
  /** Hands over an unfinished last line. */
  end(): void;
}

export function createLineReader(onLine: (line: string) => void, maxLength = 8_192): LineReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines)
      onLine(line.endsWith('\r') ? line.slice(0, -1).slice(0, maxLength) : line.slice(0, maxLength));
    while (rest.length > maxLength) {
      onLine(rest.slice(0, maxLength));
      rest = rest.slice(maxLength);
    }
  };
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
