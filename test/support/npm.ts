import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const workspace = path.resolve(import.meta.dirname, '../..');

/** What npm adds to the environment of its scripts would make another npm below work on this workspace. */
function environment(): NodeJS.ProcessEnv {
  const own = /^npm_(package|lifecycle|config_(local_prefix|prefix|global|workspace))/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** Runs the workspace's npm in `folder` and resolves to its stdout; rejects with its stderr. */
export async function npm(folder: string, args: readonly string[]): Promise<string> {
  const program = path.join(workspace, 'node_modules', '.bin', 'npm');
  const { stdout } = await run(program, [...args], {
    cwd: folder,
    env: environment(),
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}
