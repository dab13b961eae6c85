/**
 * Which node types are installed, and which config nodes they name, read from the palettes' files without running them.
 *
 * A registry would have to load every node; in CI that needs its libraries, its addons and seconds. The editor's part
 * of a node says the same in a few words: `registerType('x', {defaults: {broker: {type: 'mqtt-broker', required: true}}})`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';

export interface Reference {
  readonly property: string;
  /** Of the config node. */
  readonly type: string;
  readonly required: boolean;
}

export interface KnownType {
  /** A config node, which others name by its id. */
  readonly isConfig: boolean;
  /** Every property that has a `type`; only those whose type is a config node's are references. */
  readonly references: readonly Reference[];
}

export interface PalettePlaces {
  /** Folder whose folders are palettes. */
  readonly workspace: string;
  /** Folders named `node_modules`. */
  readonly modules: readonly string[];
}

/** Later files win; what cannot be read is as good as not installed. */
export async function scanPalettes({ workspace, modules }: PalettePlaces): Promise<Map<string, KnownType>> {
  const palettes = [...(await foldersIn(workspace)), ...(await Promise.all(modules.map(modulesIn))).flat()];
  const files = (await Promise.all(palettes.map(nodeFiles))).flat();
  const known = new Map<string, KnownType>();
  for (const text of await Promise.all([...(await coreFiles()), ...files].map(textOf))) {
    for (const [type, entry] of typesIn(text)) known.set(type, entry);
  }
  return known;
}

const registration = /registerType(?:<[^(]*>)?\(\s*["'`]([^"'`]+)["'`]/g;
const property = /["']?([\w-]+)["']?\s*:\s*\{([^{}]*)\}/g;

/** The types that a node's editor file registers. */
export function typesIn(text: string): [string, KnownType][] {
  const starts = [...text.matchAll(registration)];
  return starts.map((start, place) => {
    const body = text.slice(start.index, starts[place + 1]?.index);
    const references = [...body.matchAll(property)].flatMap(([, name = '', inside = '']): Reference[] => {
      const type = /\btype\s*:\s*["'`]([^"'`]+)["'`]/.exec(inside)?.[1];
      return type === undefined
        ? []
        : [{ property: name, type, required: /\brequired\s*:\s*(?:true|!0)/.test(inside) }];
    });
    return [start[1] ?? '', { isConfig: /\bcategory["']?\s*:\s*["'`]config["'`]/.test(body), references }];
  });
}

async function coreFiles(): Promise<string[]> {
  const folder = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@node-red/nodes/package.json')),
    'core',
  );
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((file) => file.endsWith('.html') && !file.includes('locales'))
    .map((file) => path.join(folder, file));
}

/** The editor files of the node sets that a package declares. */
async function nodeFiles(folder: string): Promise<string[]> {
  const manifest: unknown = await textOf(path.join(folder, 'package.json')).then(parsed);
  const nodeRed = isRecord(manifest) ? manifest['node-red'] : undefined;
  const nodes = isRecord(nodeRed) ? nodeRed['nodes'] : undefined;
  if (!isRecord(nodes)) return [];
  return Object.values(nodes)
    .filter((file) => typeof file === 'string')
    .map((file) => path.join(folder, file.replace(/\.[cm]?js$/, '.html')));
}

async function modulesIn(folder: string): Promise<string[]> {
  const folders = await foldersIn(folder);
  const scoped = folders.filter((entry) => path.basename(entry).startsWith('@'));
  return [...folders.filter((entry) => !scoped.includes(entry)), ...(await Promise.all(scoped.map(foldersIn))).flat()];
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map((entry) => path.join(folder, entry.name));
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
