import path from 'node:path';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { parseFlows, readFlowFile } from './flow-file.ts';
import { writeFolder } from './folder/folder.ts';
import { splitFlows } from './folder/split.ts';
import { oneLine } from './table.ts';
import { clearSecrets } from './validate/clear-secrets.ts';
import { flowsOf } from './validate/finding.ts';

/** `bulkhead export DIR`: the flows of the running house, or of --file, as a folder for Git. Never with a secret in it. */
export const exportFlows: Command = {
  argument: 'DIR',
  flags: ['json', 'file'],
  async run(directory, { json, file }, { house, out, cwd }) {
    const saved = file === undefined ? parseFlows(JSON.stringify(await house.ask('/flows')), house.url) : null;
    const flows = (saved ?? (await readFlowFile(file ?? '', cwd))).map(({ credentials: _secret, ...node }) => node);
    const [secret] = clearSecrets(flowsOf(flows));
    if (secret) {
      const problem = `${secret.where}: ${secret.message}; move it into a credential or an environment variable`;
      throw new CommandError(oneLine(`nothing was written: ${problem}`));
    }
    const changed = await writeFolder(path.resolve(cwd, directory), splitFlows(flows));
    if (json) out(JSON.stringify({ directory, entries: flows.length, changed }));
    else {
      for (const name of changed) out(name);
      out(changed.length === 0 ? `${directory}: nothing has changed` : `${directory}: ${changed.length} files changed`);
    }
    return true;
  },
};
