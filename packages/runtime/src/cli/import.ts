import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { readFolder } from './folder/folder.ts';
import { joinFlows } from './folder/split.ts';

/**
 * `bulkhead import DIR`: deploys a folder that `export` wrote to the running house, or writes it to --file. Only tabs
 * that differ restart; credentials stay as they are in the house.
 */
export const importFlows: Command = {
  argument: 'DIR',
  flags: ['json', 'file'],
  async run(directory, { json, file }, { house, out, cwd }) {
    const flows = joinFlows(await readFolder(path.resolve(cwd, directory)));
    const tabs = flows.filter(({ type }) => type === 'tab').length;
    if (file === undefined) {
      const before = await house.ask('/flows', { headers: version2 });
      const rev = isRecord(before) ? before['rev'] : undefined;
      // With the revision: a deploy that somebody makes at this moment is not overwritten.
      await house.ask('/flows', {
        method: 'POST',
        headers: { ...version2, 'node-red-deployment-type': 'nodes' },
        body: { rev, flows },
      });
    } else {
      await writeFile(path.resolve(cwd, file), `${JSON.stringify(flows, null, 4)}\n`).catch((error: unknown) => {
        throw new CommandError(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    const target = file ?? house.url;
    if (json) out(JSON.stringify({ target, tabs, entries: flows.length }));
    else out(`${target}: ${tabs} tabs, ${flows.length} entries`);
    return true;
  },
};

const version2 = { 'node-red-api-version': 'v2' };
