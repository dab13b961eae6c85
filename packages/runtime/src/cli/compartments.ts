/** What the commands need to know of the compartments of a house. */
import { isRecord } from '@bulkhead/core';
import { CommandError } from './command-error.ts';
import type { House } from './house.ts';

export interface CompartmentLine {
  readonly id: string;
  readonly name: string;
  readonly tabs: readonly string[];
  readonly state: string;
  readonly silent: boolean;
  readonly pid: number | null;
  readonly cpuPercent: number;
  readonly rssBytes: number;
  readonly eventLoopP99Ms: number;
  readonly restarts: number;
  /** Why flows of it do not run, though its process does. */
  readonly problems: readonly string[];
  /** Null: it never ended by itself. */
  readonly lastExit: {
    readonly reason: string;
    readonly detail: string;
    readonly nodeName?: string;
    readonly nodeIsExact?: boolean;
  } | null;
}

export async function compartmentsOf(house: House): Promise<CompartmentLine[]> {
  return parseCompartments(await house.ask('/bulkhead/compartments'));
}

export function parseCompartments(answer: unknown): CompartmentLine[] {
  if (!Array.isArray(answer)) throw new CommandError('the house answered with something that is no list');
  return answer.filter(isRecord).map((entry): CompartmentLine => {
    return {
      id: text(entry['id']),
      name: text(entry['name']),
      tabs: list(entry['tabs']).map((tab) => text(part(tab, 'label'))),
      state: text(entry['state']),
      silent: entry['silent'] === true,
      pid: typeof entry['pid'] === 'number' ? entry['pid'] : null,
      cpuPercent: number(entry['cpuPercent']),
      rssBytes: number(part(entry['memory'], 'rssBytes')),
      eventLoopP99Ms: number(part(entry['eventLoop'], 'p99Ms')),
      restarts: number(entry['restarts']),
      problems: list(entry['problems']).map((problem) => text(part(problem, 'message'))),
      lastExit: exitOf(entry['lastExit']),
    };
  });
}

function exitOf(value: unknown): CompartmentLine['lastExit'] {
  if (!isRecord(value)) return null;
  const { nodeName, nodeIsExact } = value;
  return {
    reason: text(value['reason']),
    detail: text(value['detail']),
    ...(typeof nodeName === 'string' ? { nodeName } : {}),
    ...(typeof nodeIsExact === 'boolean' ? { nodeIsExact } : {}),
  };
}

/** The one compartment with this id, name or tab; upper and lower case are the same. */
export function findCompartment(all: readonly CompartmentLine[], wanted: string): CompartmentLine {
  const same = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase();
  const exact = all.find(({ id }) => id === wanted);
  const named = all.filter(({ name }) => same(name));
  const found = exact ? [exact] : named.length > 0 ? named : all.filter(({ tabs }) => tabs.some(same));
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (first) {
    throw new CommandError(
      `"${wanted}" is the name of ${found.length} compartments: use an id, ${found.map(({ id }) => id).join(' or ')}`,
    );
  }
  const names = all.map(({ name }) => `"${name}"`).join(', ');
  throw new CommandError(
    `there is no compartment "${wanted}"; there ${names === '' ? 'is none at all' : `are ${names}`}`,
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const part = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
