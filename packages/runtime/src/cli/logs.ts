import { setTimeout as wait } from 'node:timers/promises';
import { isRecord } from '@bulkhead/core';
import type { Command } from './command.ts';
import { compartmentsOf, findCompartment } from './compartments.ts';
import type { House } from './house.ts';
import { oneLine } from './table.ts';

export interface LogLine {
  readonly at: number;
  readonly stream: string;
  readonly text: string;
}

/** The most lines that a house keeps of one compartment. */
const mostLines = 1_000;
const lookEveryMs = 500;
/** A supervisor that is being restarted is back sooner. */
const patienceMs = 15_000;

/** `bulkhead logs NAME`: the last lines, and with -f those to come. With --json one object per line. */
export const logs: Command = {
  argument: 'NAME',
  flags: ['json', 'follow', 'lines'],
  async run(wanted, { json, follow, lines }, { house, out, note, ended }) {
    const { id, name } = findCompartment(await compartmentsOf(house), wanted);
    const print = (line: LogLine): void =>
      out(json ? JSON.stringify(line) : `${new Date(line.at).toISOString()} ${line.text}`);
    let known = await logOf(house, id, follow ? mostLines : lines);
    if (known.length === 0) note(`"${oneLine(name)}" has logged nothing so far`);
    for (const line of known.slice(-lines)) print(line);
    let answeredAt = Date.now();
    while (follow && !ended.aborted) {
      await wait(lookEveryMs, undefined, { signal: ended }).catch(() => {});
      if (ended.aborted) break;
      try {
        const now = await logOf(house, id, mostLines);
        answeredAt = Date.now();
        for (const line of linesAfter(known, now)) print(line);
        known = now;
      } catch (error) {
        if (Date.now() - answeredAt > patienceMs) throw error;
      }
    }
    return true;
  },
};

/** The lines of `now` that are not in `known`, both oldest first: several lines may bear the same time. */
export function linesAfter(known: readonly LogLine[], now: readonly LogLine[]): readonly LogLine[] {
  const last = known.at(-1);
  if (!last) return now;
  const seen = known.filter(({ at }) => at === last.at).length;
  const sameTime = now.filter(({ at }) => at === last.at);
  return [...sameTime.slice(seen), ...now.filter(({ at }) => at > last.at)];
}

async function logOf(house: House, id: string, lines: number): Promise<LogLine[]> {
  const answer = await house.ask(
    `/bulkhead/compartments/${encodeURIComponent(id)}/logs?lines=${Math.min(lines, mostLines)}`,
  );
  const entries: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return entries.filter(isRecord).map(({ at, stream, text }) => ({
    at: typeof at === 'number' ? at : 0,
    stream: String(stream),
    text: String(text),
  }));
}
