import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { collectOutput } from './child-output.ts';
import { until } from './until.ts';

const run = promisify(execFile);
const versions = ['pymodbus==3.16.1', 'pyserial==3.5'];
const folder = path.resolve(import.meta.dirname, '../../.cache/pymodbus-3.16.1');

export interface Memory {
  holding: Record<number, number>;
  input: Record<number, number>;
  coil: Record<number, number>;
  discrete: Record<number, number>;
}

export interface PymodbusDevice {
  /** A register or coil as it is now. */
  held(area: 'holding' | 'coil', address: number): Promise<number>;
  close(): Promise<void>;
}

/** A Modbus device of pymodbus, unit 1, with exactly these registers and bits; the package is kept between runs. */
export async function startPymodbus(
  kind: 'tcp' | 'rtu-tcp' | 'rtu',
  where: string,
  memory: Partial<Memory>,
): Promise<PymodbusDevice> {
  if (!existsSync(path.join(folder, 'pymodbus'))) {
    await run('python3', ['-m', 'pip', 'install', '--no-deps', '--quiet', '--target', folder, ...versions]);
  }
  const script = path.join(import.meta.dirname, '../fixtures/pymodbus-server.py');
  const child = spawn('python3', [script, folder, kind, where], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  const none = { 0: 0 };
  child.stdin.write(`${JSON.stringify({ holding: none, input: none, coil: none, discrete: none, ...memory })}\n`);
  await output.line(/^ready$/, { deadlineMs: 20_000, what: 'the server of pymodbus' });
  return {
    async held(area, address) {
      const asked = `${area === 'coil' ? 1 : 3} ${address}`;
      const from = output.lines().length;
      child.stdin.write(`${asked}\n`);
      const line = await until(
        () =>
          output
            .lines()
            .slice(from)
            .find((text) => text.startsWith(`${asked} `)),
        {
          deadlineMs: 5_000,
          what: 'the memory of pymodbus',
        },
      );
      return Number(line.split(' ').at(-1));
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
