import { escapeUri } from './address.ts';

/**
 * A node id as a server writes it (`ns=2;s=Speed`), with the namespace by its alias, or else by its URI: so it names the
 * same node also when the server numbers its namespaces anew. Namespace 0 is the same everywhere.
 */
export function portableAddress(
  nodeId: string,
  namespaces: readonly string[],
  aliases: ReadonlyMap<string, string>,
): string {
  const match = /^ns=(\d+);(.*)$/s.exec(nodeId);
  if (match === null) return nodeId;
  const [, index, id = ''] = match;
  if (Number(index) === 0) return id;
  const uri = namespaces[Number(index)];
  if (uri === undefined) return nodeId;
  const alias = [...aliases].find(([, known]) => known === uri)?.[0];
  return `nsu=${alias ?? escapeUri(uri)};${id}`;
}
