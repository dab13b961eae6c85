/** Sees to it that Node-RED finds a flow file that it can read, and that a broken one is never overwritten. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../node-red/is-record.ts';

/** Undefined when the text is a flow file, otherwise one line that says why not. Pure. */
export function flowFileProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `it is not JSON (${error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error)})`;
  }
  if (!Array.isArray(value)) return 'it is not a list of nodes';
  const index = value.findIndex(
    (node) => !isRecord(node) || typeof node['id'] !== 'string' || typeof node['type'] !== 'string',
  );
  return index === -1 ? undefined : `entry ${index} is not a node with an id and a type`;
}

/**
 * Puts the demo flows into an empty user directory, and replaces a broken flow file by the backup that Node-RED made
 * at the last deploy, or by nothing. Answers with one line for the log when it had to.
 */
export function prepareFlowFile(userDir: string, demoFlowsFile: string | undefined, now: Date): string | undefined {
  mkdirSync(userDir, { recursive: true });
  const file = path.join(userDir, 'flows.json');
  if (!existsSync(file)) {
    if (demoFlowsFile !== undefined && existsSync(demoFlowsFile)) copyFileSync(demoFlowsFile, file);
    return undefined;
  }
  const problem = flowFileProblem(readFileSync(file, 'utf8'));
  if (problem === undefined) return undefined;
  const kept = `${file}.broken-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, kept);
  const backup = path.join(userDir, '.flows.json.backup');
  const usable = existsSync(backup) && flowFileProblem(readFileSync(backup, 'utf8')) === undefined;
  if (usable) copyFileSync(backup, file);
  const instead = usable ? 'the flows before the last deploy are used' : 'the editor starts without flows';
  return `the flow file ${file} cannot be used: ${problem}; it was kept as ${path.basename(kept)} and ${instead}`;
}
