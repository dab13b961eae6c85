import { type Plan, partition } from '../supervisor/plan/partition.ts';
import type { Command } from './command.ts';
import { readFlowFile } from './flow-file.ts';
import { oneLine } from './table.ts';

/** `bulkhead plan FLOWS`: which tabs would run together, and why. */
export const plan: Command = {
  argument: 'FLOWS.json',
  flags: ['json'],
  async run(file, { json }, { out, cwd }) {
    const planned = partition(await readFlowFile(file, cwd));
    if (json) out(JSON.stringify(planned));
    else for (const line of planLines(planned)) out(line);
    return true;
  },
};

export function planLines({ compartments }: Plan): string[] {
  if (compartments.length === 0) return ['no enabled tab: nothing would run'];
  return compartments.flatMap(({ name, tabs, unions }) => {
    const labelOf = new Map(tabs.map(({ id, label }) => [id, label]));
    const reasons = unions.map(
      ({ tabs: tied, reason }) => `  ${tied.map((id) => labelOf.get(id) ?? id).join(' + ')}: ${reason}`,
    );
    return [`${name} (${tabs.length === 1 ? '1 tab' : `${tabs.length} tabs`})`, ...reasons].map(oneLineKeepingIndent);
  });
}

function oneLineKeepingIndent(line: string): string {
  return line.startsWith('  ') ? `  ${oneLine(line.slice(2))}` : oneLine(line);
}
