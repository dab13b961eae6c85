import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { parseTruthLine, type TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { until } from '../../support/until.ts';

const main = fileURLToPath(new URL('../../../packages/plant/src/main.ts', import.meta.url));

const readyLine = v.object({
  event: v.literal('ready'),
  opcuaUrl: v.string(),
  modbus: v.record(v.string(), v.object({ host: v.string(), port: v.number() })),
});

export interface PlantProcess {
  child: ChildProcess;
  opcuaUrl: string;
  /** Port of a Modbus device. */
  port(device: string): number;
  /** Lines of stdout after the ready line. */
  said: string[];
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs the plant's program to its end and gives what it left. */
export async function runPlant(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

/** Starts the plant and waits until it is ready. */
export async function startPlant(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<PlantProcess> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  const first = await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the plant ended with ${child.exitCode}`);
      return said.shift();
    },
    { deadlineMs: 20_000, what: 'the ready line of the plant' },
  );
  const ready = v.parse(readyLine, JSON.parse(first));
  return {
    child,
    said,
    opcuaUrl: ready.opcuaUrl,
    port: (device) => ready.modbus[device]?.port ?? 0,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        child.kill(signal);
        await exit;
      }
      return child.exitCode;
    },
  };
}

export function readLog(path: string): TruthLine[] {
  const lines: TruthLine[] = [];
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const line = parseTruthLine(text);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}
