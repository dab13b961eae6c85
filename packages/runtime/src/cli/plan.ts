import { readPlanRules } from './plan-rules.ts';
import { type Plan, partition } from '../supervisor/plan/partition.ts';
import type { Command } from './command.ts';
import { readFlowFile } from './flow-file.ts';
import { oneLine } from './table.ts';

/** `bulkhead plan FLOWS`: which tabs would run together, and why. */
export const plan: Command = {
  argument: 'FLOWS.json',
  flags: ['json'],
  async run(file, { json }, { out, cwd, environment }) {
    const planned = partition(await readFlowFile(file, cwd), await readPlanRules(cwd, environment));
    if (json) out(JSON.stringify(planned));
    else for (const line of planLines(planned)) out(line);
    return true;
  },
};

export function planLines({ compartments, conflicts, warnings }: Plan): string[] {
  const found = [
    ...conflicts.map(({ reason }) => `conflict: ${reason}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].map(oneLine);
  if (compartments.length === 0) return ['no enabled tab: nothing would run', ...found];
  const labelOf = new Map(
    compartments.flatMap(({ tabs, dashboards }) => [...tabs, ...dashboards].map(({ id, label }) => [id, label])),
  );
  const label = (id: string): string => labelOf.get(id) ?? id;
  const lines = compartments.flatMap(({ id, name, tabs, dashboards, unions, splits }) => {
    const holds = [counted(tabs.length, 'tab'), counted(dashboards.length, 'dashboard')].filter((text) => text !== '');
    return [
      `${name} (${holds.join(', ')})`,
      ...unions.map(({ tabs: tied, reason }) => `  ${tied.map(label).join(' + ')}: ${reason}`),
      ...splits
        .filter(({ from, to }) => from === id || to === id)
        .map(({ tab, nodes, to, reason }) =>
          to === id
            ? `  ${counted(nodes.length, 'node')} of ${label(tab)}: ${reason}`
            : `  without ${counted(nodes.length, 'node')}, which run in ${nameOf(compartments, to)}: ${reason}`,
        ),
    ].map(oneLineKeepingIndent);
  });
  return [...lines, ...found];
}

const nameOf = (compartments: Plan['compartments'], wanted: string): string =>
  compartments.find(({ id }) => id === wanted)?.name ?? wanted;

const counted = (count: number, what: string): string =>
  count === 0 ? '' : count === 1 ? `1 ${what}` : `${count} ${what}s`;

function oneLineKeepingIndent(line: string): string {
  return line.startsWith('  ') ? `  ${oneLine(line.slice(2))}` : oneLine(line);
}
