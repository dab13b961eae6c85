import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import type { Command } from './command.ts';
import type { House } from './house.ts';
import { partition } from '../supervisor/plan/partition.ts';
import { readFlowFile } from './flow-file.ts';
import { readPlanRules } from './plan-rules.ts';
import { oneLine } from './table.ts';
import { clearSecrets } from './validate/clear-secrets.ts';
import { duplicateIds } from './validate/duplicate-ids.ts';
import { duplicatePublishers } from './validate/duplicate-publishers.ts';
import { type Finding, flowsOf } from './validate/finding.ts';
import { missingConfigs } from './validate/missing-configs.ts';
import { planFindings } from './validate/plan-findings.ts';
import { scanPalettes } from './validate/palette-scan.ts';
import { subflowLoops } from './validate/subflow-loops.ts';
import { unknownTypes } from './validate/unknown-types.ts';

/** The project's own folder: `src/` and `dist/` of the runtime lie equally deep below it. */
const root = path.resolve(import.meta.dirname, import.meta.url.endsWith('.ts') ? '../../../..' : '../../..');

/**
 * `bulkhead validate FLOWS`: what a flow file would do wrong, one line each.
 *
 * Knows the palettes that are installed here; with --house those of the running house as well.
 */
export const validate: Command = {
  argument: 'FLOWS.json',
  flags: ['json', 'house'],
  async run(file, { json, house: askHouse }, { house, out, cwd, environment }) {
    const nodes = await readFlowFile(file, cwd);
    const home = path.resolve(cwd, environment['BULKHEAD_HOME']?.trim() || '.bulkhead');
    const types = await scanPalettes({
      workspace: path.join(root, 'nodes'),
      modules: [path.join(root, 'node_modules'), path.join(home, 'editor', 'node_modules')],
    });
    const known = new Set([...types.keys(), ...(askHouse ? await typesOf(house) : [])]);
    const flows = flowsOf(nodes);
    const findings: Finding[] = [
      ...duplicateIds(flows),
      ...subflowLoops(flows),
      ...unknownTypes(flows, known),
      ...missingConfigs(flows, types),
      ...clearSecrets(flows),
      ...duplicatePublishers(flows),
      ...planFindings(flows, partition(nodes, await readPlanRules(cwd, environment))),
    ];
    if (json) out(JSON.stringify(findings));
    else if (findings.length === 0) out(`${file}: ${nodes.length} entries, nothing is wrong`);
    else for (const { rule, where, message } of findings) out(oneLine(`${file}: ${rule}: ${where}: ${message}`));
    return findings.length === 0;
  },
};

async function typesOf(house: House): Promise<string[]> {
  const answer = await house.ask('/nodes');
  const sets: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return sets.filter(isRecord).flatMap(({ enabled, types }) => {
    const listed: readonly unknown[] = enabled !== false && Array.isArray(types) ? types : [];
    return listed.filter((type) => typeof type === 'string');
  });
}
