import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FlowEntry } from '../../test/support/bulkhead-http.ts';
import { collectOutput } from '../../test/support/child-output.ts';
import { freePort } from '../../test/support/free-port.ts';

export interface StockNodeRed {
  readonly url: string;
  readonly pid: number;
  readonly alive: boolean;
  stop(): Promise<void>;
}

/** The same node-red version that Bulkhead embeds, as a user would start it: one process for everything. `restart`: a loop starts it again. */
export async function startStockNodeRed(
  flows: readonly FlowEntry[],
  { restart = false }: { restart?: boolean } = {},
): Promise<StockNodeRed> {
  const home = await mkdtemp(path.join(tmpdir(), 'stock-node-red-'));
  const port = await freePort();
  await writeFile(path.join(home, 'flows.json'), JSON.stringify(flows));
  await writeFile(
    path.join(home, 'settings.js'),
    "module.exports = { flowFile: 'flows.json', uiHost: '127.0.0.1', telemetry: { enabled: false }, functionExternalModules: true };",
  );
  const program = createRequire(import.meta.url).resolve('node-red/red.js');
  const start = (): ChildProcess =>
    spawn(process.execPath, [program, '--userDir', home, '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  let child = start();
  let stopped = false;
  const again = (): void => {
    if (stopped || !restart) return;
    child = start();
    child.on('exit', again);
    child.stdout?.resume();
    child.stderr?.resume();
  };
  child.on('exit', again);
  const output = collectOutput(child);
  await output.line(/Started flows/, { deadlineMs: 60_000, what: 'stock node-red' });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async stop() {
      stopped = true;
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}
