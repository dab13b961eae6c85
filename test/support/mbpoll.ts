import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Reach = { kind: 'tcp'; port: number } | { kind: 'rtu'; path: string };

/** Asks a Modbus device through libmodbus: gives the values, or the words with which it failed. */
export async function mbpoll(
  reach: Reach,
  ask: { type: string; address: number; count?: number; unit?: number; write?: readonly (number | string)[] },
): Promise<string[] | string> {
  const { type, address, count = 1, unit = 1, write = [] } = ask;
  const where =
    reach.kind === 'tcp' ? ['-m', 'tcp', '-p', String(reach.port)] : ['-m', 'rtu', '-b', '115200', '-P', 'none'];
  const counted = write.length > 0 ? [] : ['-c', String(count)];
  const target = reach.kind === 'tcp' ? '127.0.0.1' : reach.path;
  const options = [...where, '-0', '-1', '-o', '2', '-a', String(unit), '-t', type, '-r', String(address), ...counted];
  try {
    const { stdout } = await run('mbpoll', [...options, target, ...write.map(String)]);
    return [...stdout.matchAll(/^\[\d+\]:\s+(.*?)\s*$/gm)].map(([, value]) => value ?? '');
  } catch (problem) {
    const { stderr = '' }: { stderr?: unknown } = typeof problem === 'object' && problem !== null ? problem : {};
    return /:\s*([^:]+?)\s*$/m.exec(String(stderr))?.[1] ?? 'no answer';
  }
}
