import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { collectOutput } from './child-output.ts';

export interface LibmodbusDevice {
  /** A register or coil as it is now; each may be asked for once. */
  held(area: 'holding' | 'coil', address: number): Promise<number>;
  close(): Promise<void>;
}

/** A Modbus device of libmodbus, unit 1, whose tables begin at 0 and hold these values and no more. */
export async function startLibmodbus(
  kind: 'tcp' | 'rtu',
  where: string,
  memory: { holding: number[]; input: number[]; coil: number[]; discrete: number[] },
): Promise<LibmodbusDevice> {
  const script = path.join(import.meta.dirname, '../fixtures/libmodbus-server.py');
  const child = spawn('python3', [script, kind, where], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  child.stdin.write(`${JSON.stringify(memory)}\n`);
  await output.line(/^ready$/, { deadlineMs: 20_000, what: 'the server of libmodbus' });
  return {
    async held(area, address) {
      child.stdin.write(`${area} ${address}\n`);
      const pattern = new RegExp(`^${area} ${address} (\\d+)$`);
      const [, value] = await output.line(pattern, { deadlineMs: 5_000, what: 'the memory of libmodbus' });
      return Number(value);
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
