/**
 * A flow file as a folder, and back.
 *
 *   index.json            the order of the tabs and subflows
 *   tabs/<label>.json     a tab with what stands on it
 *   subflows/<name>.json  a subflow with what stands in it
 *   config-nodes.json     config nodes that belong to no tab
 *
 * Of two with one label each has its id in its name. What is in no tab and no subflow of the file stands with the config
 * nodes, so that nothing is lost.
 */
import { isRecord } from '@bulkhead/core';
import type { FlowNode } from '../../protocol/messages.ts';
import { CommandError } from '../command-error.ts';
import { byId, nodesAsText, textAsNodes } from './canonical.ts';

/** Text by path, with `/` in it. */
export type Files = ReadonlyMap<string, string>;

export const indexFile = 'index.json';
const configFile = 'config-nodes.json';
/** Folders that belong to an export altogether. */
export const ownFolders = ['tabs', 'subflows'] as const;
const format = 1;

type Kind = (typeof ownFolders)[number];
const typeOf: Readonly<Record<Kind, string>> = { tabs: 'tab', subflows: 'subflow' };

export function splitFlows(flows: readonly FlowNode[]): Files {
  const files = new Map<string, string>();
  const holders = flows.filter(({ type }) => type === 'tab' || type === 'subflow');
  const holderIds = new Set(holders.map(({ id }) => id));
  const heldBy = Map.groupBy(flows, ({ z = '' }) => (holderIds.has(z) ? z : ''));
  const idsOf = (kind: Kind): string[] => holders.filter(({ type }) => type === typeOf[kind]).map(({ id }) => id);
  files.set(indexFile, `${JSON.stringify({ format, tabs: idsOf('tabs'), subflows: idsOf('subflows') }, null, 2)}\n`);
  for (const kind of ownFolders) {
    const ofKind = holders.filter(({ type }) => type === typeOf[kind]);
    const sameName = Map.groupBy(ofKind, nameOf);
    for (const holder of ofKind) {
      const alone = sameName.get(nameOf(holder))?.length === 1;
      const name = alone ? nameOf(holder) : `${nameOf(holder)}.${plain(holder.id)}`;
      files.set(`${kind}/${name}.json`, nodesAsText([holder, ...(heldBy.get(holder.id) ?? [])]));
    }
  }
  const rest = (heldBy.get('') ?? []).filter(({ id }) => !holderIds.has(id));
  if (rest.length > 0) files.set(configFile, nodesAsText(rest));
  return files;
}

/** Throws a `CommandError` for what is no such folder. The files count; the index says no more than their order. */
export function joinFlows(files: Files): FlowNode[] {
  const index = readIndex(files.get(indexFile));
  const groups = [...files]
    .filter(([path]) => path !== indexFile)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, nodes: textAsNodes(text, path).toSorted(byId) }));
  const seen = new Map<string, string>();
  for (const { path, nodes } of groups) {
    for (const { id } of nodes) {
      const other = seen.get(id);
      if (other !== undefined) throw new CommandError(`${path}: the node ${id} is in ${other} too`);
      seen.set(id, path);
    }
  }
  const all = groups.flatMap(({ nodes }) => nodes);
  const ordered = ownFolders.flatMap((kind) => {
    const place = new Map(index[kind].map((id, at) => [id, at]));
    const at = ({ id }: FlowNode): number => place.get(id) ?? index[kind].length;
    return all.filter(({ type }) => type === typeOf[kind]).toSorted((a, b) => at(a) - at(b));
  });
  const inOrder = new Set(ordered);
  return [...ordered, ...all.filter((node) => !inOrder.has(node))];
}

function readIndex(text: string | undefined): Record<Kind, readonly string[]> {
  if (text === undefined) throw new CommandError(`there is no ${indexFile}: this is not what "bulkhead export" writes`);
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch {
    throw new CommandError(`${indexFile}: not JSON`);
  }
  if (!isRecord(index) || index['format'] !== format)
    throw new CommandError(`${indexFile}: "format" is not ${format}: another version of Bulkhead wrote it`);
  const ids = (kind: Kind): string[] => {
    const listed = index[kind];
    return Array.isArray(listed) ? listed.filter((id) => typeof id === 'string') : [];
  };
  return { tabs: ids('tabs'), subflows: ids('subflows') };
}

const nameOf = (holder: FlowNode): string => plain(holder.label || holder.name || holder.id);

/** A file name that every file system takes, also one that does not tell upper from lower case. */
function plain(text: string): string {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return slug.slice(0, 60) || 'unnamed';
}
