/** What the keeper is told to run. Made by the `configure` program, since reading YAML needs libraries. */
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import type { ChildSpec } from '../protocol/messages.ts';
import { programFile } from './programs.ts';

export interface HousePlan {
  /** Absolute path of the home directory. */
  readonly home: string;
  /** Short 0700 directory for the sockets; the keeper removes it at its end. */
  readonly runDirectory: string;
  readonly keeperSocket: string;
  readonly keeperToken: string;
  /** In start order; stopped in the opposite order. */
  readonly services: readonly ChildSpec[];
  readonly editor: ChildSpec;
  readonly supervisor: ChildSpec;
  /** Hold compartments to their limits by control groups, where that is possible. */
  readonly cgroups: boolean;
  /** What a person should know although the house starts; one line each. */
  readonly notices: readonly string[];
}

export type Planned =
  | { readonly ok: true; readonly plan: HousePlan }
  | { readonly ok: false; readonly exitCode: number };

/** The descriptor on which `configure` prints the plan. */
export const planDescriptor = 3;

/** Runs the `configure` program; what is wrong it says itself on stderr. */
export async function readHousePlan(): Promise<Planned> {
  const child = spawn(process.execPath, [programFile('configure')], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const output = child.stdio[planDescriptor];
  const chunks: Buffer[] = [];
  if (output instanceof Readable) output.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) return { ok: false, exitCode: code === 78 ? 78 : 1 };
  return { ok: true, plan: parsePlan(Buffer.concat(chunks).toString('utf8')) };
}

/** `configure` is our own program of the same version; anything but its output is a fault of the installation. */
export function parsePlan(printed: string): HousePlan {
  const value: unknown = JSON.parse(printed);
  if (!isPlan(value)) throw new Error('the configure program printed no plan: the installation is broken');
  return value;
}

const isPlan = (value: unknown): value is HousePlan =>
  typeof value === 'object' && value !== null && 'supervisor' in value && 'editor' in value && 'services' in value;
