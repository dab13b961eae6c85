/** The latest output lines of one child, over its restarts. Bounded in lines and characters; the oldest go first. */
import type { LogLine } from '../protocol/messages.ts';

export interface LogRing {
  add(line: LogLine): void;
  /** The latest `count` lines, newest last. */
  last(count: number): readonly LogLine[];
  /** The latest lines of stderr at or after `since` (epoch ms), newest last. */
  stderrSince(since: number, count: number): readonly string[];
  /** The latest lines at or after `since`, newest last. */
  since(since: number, count: number): readonly LogLine[];
}

export function createLogRing(maxLines = 1_000, maxCharacters = 262_144): LogRing {
  const lines: LogLine[] = [];
  let characters = 0;
  return {
    add(line) {
      lines.push(line);
      characters += line.text.length;
      while (lines.length > maxLines || (characters > maxCharacters && lines.length > 1)) {
        characters -= lines.shift()?.text.length ?? 0;
      }
    },
    last: (count) => (count <= 0 ? [] : lines.slice(-count)),
    since: (since, count) => lines.filter((line) => line.at >= since).slice(-count),
    stderrSince: (since, count) =>
      lines
        .filter((line) => line.stream === 'stderr' && line.at >= since)
        .slice(-count)
        .map((line) => line.text),
  };
}
