import type { Finding, Flows } from './finding.ts';
import type { KnownType } from './palette-scan.ts';

/** Config nodes that a node names and that are not in the file, or that it needs and does not name. */
export function missingConfigs(flows: Flows, types: ReadonlyMap<string, KnownType>): Finding[] {
  return flows.nodes.flatMap((node): Finding[] => {
    if (!flows.runs(node)) return [];
    return (types.get(node.type)?.references ?? []).flatMap(({ property, type, required }) => {
      // Credentials and typed inputs have a `type` as well: "password", or "json", which is also a node.
      if (types.get(type)?.isConfig !== true) return [];
      const value = node[property];
      if (typeof value !== 'string' || value === '' || value === '_ADD_') {
        return required ? [flows.finding('missing-config', node, `"${property}" is empty: it needs a ${type}`)] : [];
      }
      // A value from the environment is known only where it runs.
      if (flows.byId.has(value) || value.includes('${')) return [];
      return [
        flows.finding('missing-config', node, `"${property}" names the ${type} ${value}, which is not in the file`),
      ];
    });
  });
}
