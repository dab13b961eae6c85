import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { collectOutput } from './child-output.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const version = '3.3.0';
const folder = path.resolve(import.meta.dirname, `../../.cache/python-snap7-${version}`);

export interface PythonPlc {
  readonly port: number;
  /** What DB1 holds now. */
  memory(): Promise<Buffer>;
  /** What its own decoder of that name finds at a byte of DB1, as Python prints it. */
  found(getter: string, byte: number): Promise<string>;
  close(): Promise<void>;
}

/** The S7 server of python-snap7, which speaks the protocol itself (not through the snap7 library); kept between runs. */
export async function startPythonPlc(db1: Buffer): Promise<PythonPlc> {
  if (!existsSync(path.join(folder, 'snap7'))) {
    const target = ['--no-deps', '--quiet', '--target', folder];
    await run('python3', ['-m', 'pip', 'install', ...target, `python-snap7==${version}`]);
  }
  const port = await freePort();
  const script = path.join(import.meta.dirname, '../fixtures/python-snap7-server.py');
  const child = spawn('python3', [script, folder, String(port), db1.toString('hex')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  await output.line(/^ready$/, { deadlineMs: 20_000, what: 'the server of python-snap7' });
  return {
    port,
    async memory() {
      child.stdin.write('\n');
      const [line = ''] = await output.line(/^[0-9a-f]{20,}$/, { deadlineMs: 5_000, what: 'the memory of DB1' });
      return Buffer.from(line, 'hex');
    },
    async found(getter, byte) {
      child.stdin.write(`${getter} ${byte}\n`);
      const pattern = new RegExp(`^${getter} ${byte}: (.*)$`);
      const [, text = ''] = await output.line(pattern, { deadlineMs: 5_000, what: `an answer to ${getter}` });
      return text;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
