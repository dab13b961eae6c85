import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { collectOutput } from './child-output.ts';
import { freePort } from './free-port.ts';

export interface StockNodeRed {
  readonly url: string;
  readonly lines: () => readonly string[];
  stop(): Promise<void>;
}

/** Starts an unmodified Node-RED on a user directory and resolves once it listens. */
export async function startStockNodeRed({
  nodeRed,
  userDir,
  env = {},
}: {
  /** Folder of the npm package `node-red`. */
  nodeRed: string;
  userDir: string;
  /** Added to the environment of the program. */
  env?: Readonly<Record<string, string>>;
}): Promise<StockNodeRed> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [path.join(nodeRed, 'red.js'), '--userDir', userDir, '--port', String(port), '-D', 'uiHost=127.0.0.1'],
    { cwd: userDir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
  const output = collectOutput(child);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    await output.line(/Started flows/, { deadlineMs: 30_000, what: `${nodeRed} on ${userDir}` });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, lines: output.lines, stop };
}
