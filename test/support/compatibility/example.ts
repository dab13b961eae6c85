/** The examples that Node-RED's core nodes bring, as scenarios. */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as v from 'valibot';
import type { FlowEntry } from '../bulkhead-http.ts';
import type { Normaliser } from './normalise.ts';
import type { Driver, Scenario } from './scenario.ts';

export interface Compared {
  readonly kind: 'compared';
  readonly outputs: number;
  readonly endless?: boolean;
  readonly countedOnly?: readonly string[];
  readonly normalisers?: readonly Normaliser[];
  drive?(driver: Driver): Promise<void>;
}

export type Entry = Compared | { readonly kind: 'left out'; readonly because: string };

/** Example (folder and file name without `.json`) to what is done with it. */
export type Manifest = Readonly<Record<string, Entry>>;

/** It has this many outputs; by default each button is pressed once, in the order of the file. */
export const compared = (outputs: number, more: Omit<Compared, 'kind' | 'outputs'> = {}): Compared => ({
  kind: 'compared',
  outputs,
  ...more,
});

export const leftOut = (because: string): Entry => ({ kind: 'left out', because });

/** A driver for flows that start by themselves. */
export const atStart = (): Promise<void> => Promise.resolve();

/** A driver that presses these buttons, by id; after a number it waits until as many outputs have come. */
export const inOrder =
  (...steps: readonly (string | number)[]) =>
  async (driver: Driver): Promise<void> => {
    for (const step of steps) await (typeof step === 'number' ? driver.came(step) : driver.press(step));
  };

const nodes = path.dirname(createRequire(import.meta.url).resolve('@node-red/nodes/package.json'));
const folder = path.join(nodes, 'examples');

export const exampleNames = (): string[] =>
  globSync('**/*.json', { cwd: folder })
    .map((file) => file.slice(0, -'.json'.length))
    .sort();

const entries = v.array(v.looseObject({ id: v.string(), type: v.string(), z: v.optional(v.string()) }));

/** Addresses and files that examples share, and what stands in for them. */
const shared = [
  [/(localhost|127\.0\.0\.1):1880/g, '@address@'],
  [/"port":"188(\d)"/g, '"port":"@port-$1@"'],
  [/\/tmp\//g, '@files@/'],
] as const;

/**
 * An example as tabs of a flow file that has all of them: ids and places of its own.
 */
export function scenarioOf(name: string, entry: Compared): Scenario {
  const parsed = v.parse(entries, JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')));
  const prefix = name.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase();
  const tabs = new Set(parsed.filter(({ type }) => type === 'tab').map(({ id }) => id));
  const own = prefix;
  const flows: FlowEntry[] = parsed.map((node) => ({
    ...node,
    ...('x' in node && !tabs.has(node.z ?? '') ? { z: own } : {}),
    ...('nodes' in node ? { z: own } : {}),
  }));
  let text = JSON.stringify(flows);
  for (const { id } of parsed) text = text.replaceAll(`"${id}"`, `"${prefix}_${id}"`);
  for (const [pattern, replacement] of shared) text = text.replaceAll(pattern, replacement);
  const { kind: _, ...more } = entry;
  const drive = entry.drive;
  const renamedId = (id: string): string => (parsed.some((node) => node.id === id) ? `${prefix}_${id}` : id);
  const renamed: FlowEntry[] = v.parse(entries, JSON.parse(text));
  return {
    name,
    ...more,
    ...(entry.countedOnly === undefined ? {} : { countedOnly: entry.countedOnly.map(renamedId) }),
    flows: [...(tabs.size > 0 ? [] : [{ id: own, type: 'tab', label: name }]), ...renamed],
    ...(drive === undefined
      ? {}
      : {
          drive: (driver) =>
            drive({
              ...driver,
              press: (button) => driver.press(renamedId(button)),
              shows: (node, text) => driver.shows(renamedId(node), text),
            }),
        }),
  };
}
