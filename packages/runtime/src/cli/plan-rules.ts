import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseConfiguration } from '../config/configuration-file.ts';
import { rulesOf } from '../config/settings.ts';
import { defaultRules, type PlanRules } from '../protocol/plan-rules.ts';
import type { Surroundings } from './command.ts';
import { CommandError } from './command-error.ts';

/** What `bulkhead.yaml` in the home says of which tabs run together; the defaults where there is no such file. */
export async function readPlanRules(cwd: string, environment: Surroundings['environment']): Promise<PlanRules> {
  const file = path.resolve(cwd, environment['BULKHEAD_HOME']?.trim() || '.bulkhead', 'bulkhead.yaml');
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch {
    return defaultRules;
  }
  const configuration = parseConfiguration(file, source);
  if (!configuration.ok) throw new CommandError(configuration.problems.join('\n'));
  return rulesOf(configuration.value);
}
