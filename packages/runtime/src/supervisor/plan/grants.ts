/** What the process of a slice may do, by the nodes of the slice and what a person decided. Pure. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Slice } from '../../protocol/messages.ts';
import { type Allowance, allowances, type Privilege } from '../../protocol/privilege.ts';
import { type Need, needsOf, type Places } from './node-needs.ts';
import { everything, holdsAll, simplest } from './simplest-paths.ts';

export interface Grants {
  /** Why the process is not confined; null: it is, to what follows and to what every compartment needs. */
  readonly unconfinedBecause: string | null;
  /** Absolute paths of files and folders; a folder with all that it holds; `*` is everything. Sorted. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly allow: readonly Allowance[];
  /** Programs of Node.js that it starts are confined as it is. */
  readonly confinesChildren: boolean;
}

/** Of a slice that needs nothing beyond what every compartment has: what a spare process may be started with. */
export const plainGrants: Grants = {
  unconfinedBecause: null,
  read: [],
  write: [],
  allow: [],
  confinesChildren: false,
};

export function grantsOf(slice: Pick<Slice, 'flows' | 'userDir'>, privilege: Privilege, home: string): Grants {
  const { mode } = privilege;
  if (mode === 'off') return { ...plainGrants, unconfinedBecause: 'privilege is off' };
  const places: Places = { workingDirectory: home, userDir: slice.userDir };
  const needs = slice.flows.flatMap((node) => (node['d'] === true ? [] : needsOf(node, places)));
  const unknown = needs.find((need) => need.kind === 'unknown');
  if (unknown && mode === 'derived') return { ...plainGrants, unconfinedBecause: unknown.because };
  const paths = (kind: 'read' | 'write'): readonly string[] => {
    const wanted = needs.flatMap((need) => pathsOf(need, kind, mode));
    const granted = privilege[kind].map((file) => (file === everything ? everything : path.resolve(home, file)));
    return [...wanted, ...granted];
  };
  const write = paths('write');
  const allow = new Set([...privilege.allow, ...needs.flatMap((need) => (need.kind === 'allow' ? [need.what] : []))]);
  return {
    unconfinedBecause: null,
    read: simplest([...paths('read'), ...write]),
    write: simplest(write),
    allow: allowances.filter((what) => allow.has(what)),
    confinesChildren: mode === 'strict',
  };
}

/** In `strict`, a path that only a message knows has to be granted by a person. */
function pathsOf(need: Need, kind: 'read' | 'write', mode: 'derived' | 'strict'): string[] {
  if (need.kind === kind) return [need.path];
  return need.kind === `${kind}-anything` && mode === 'derived' ? [everything] : [];
}

/** May a process with these grants run what needs those? */
export function covers(have: Grants, need: Grants): boolean {
  if (have.unconfinedBecause !== null || need.unconfinedBecause !== null)
    return have.unconfinedBecause !== null && need.unconfinedBecause !== null;
  return (
    holdsAll(have.read, need.read) &&
    holdsAll(have.write, need.write) &&
    need.allow.every((what) => have.allow.includes(what)) &&
    have.confinesChildren === need.confinesChildren
  );
}

/** Equal for equal grants; short enough for a hello. */
export function grantsKey({ unconfinedBecause, read, write, allow, confinesChildren }: Grants): string {
  if (unconfinedBecause !== null) return 'unconfined';
  const all = JSON.stringify([read, write, allow, confinesChildren]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

/** What one has that the other lacks, for a person. */
export function missingGrants(have: Grants | null, need: Grants): string {
  if (need.unconfinedBecause !== null) return `it runs unconfined now: ${need.unconfinedBecause}`;
  if (have === null || have.unconfinedBecause !== null) return 'it runs confined now';
  const without = (mine: readonly string[], its: readonly string[]): readonly string[] => {
    const held = new Set(its);
    return mine.filter((item) => !held.has(item));
  };
  const parts = [
    ...without(need.write, have.write).map((file) => `write access to ${file}`),
    ...without(need.read, [...have.read, ...need.write]).map((file) => `read access to ${file}`),
    ...without(need.allow, have.allow).map((what) => `to use: ${what}`),
  ];
  return parts.length === 0 ? 'its privileges have changed' : `it now needs ${parts.slice(0, 3).join(', ')}`;
}
