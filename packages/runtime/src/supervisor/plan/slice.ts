import { createHash } from 'node:crypto';
import {
  type BulkheadServices,
  bridgeType,
  type Credentials,
  type FlowNode,
  type LinkEndpoint,
  type PaletteEntry,
  type Slice,
} from '../../protocol/messages.ts';
import type { FlowIndex } from './flow-index.ts';
import { linkStubs, returnType } from './link-stubs.ts';
import { ownFlows } from './own-flows.ts';
import type { PlannedCompartment } from './partition.ts';
import { wireStubs } from './wire-stubs.ts';

/** What the editor last deployed, as far as slices need it. */
export interface Deployed {
  readonly index: FlowIndex;
  readonly credentials: Readonly<Record<string, Credentials>>;
  readonly palette: readonly PaletteEntry[];
  readonly userDir: string;
}

/** How links leave a compartment. */
export interface LinkPlan {
  /** The compartment that runs a tab. */
  ownerOf(tabId: string): string | undefined;
  endpoint(target: string, caller: string): LinkEndpoint;
}

const withoutCode = new Set(['tab', 'subflow', 'group', bridgeType, returnType]);

/** Cuts out what one compartment runs: its flows, its own secrets and the node sets it uses, under a hash that changes with any of them. */
export function cutSlice(
  planned: PlannedCompartment,
  deployed: Deployed,
  directory: string,
  services: BulkheadServices,
  links: LinkPlan,
): Slice {
  const own = ownFlows(planned, deployed.index);
  const wires = wireStubs(planned, deployed.index);
  const stubs = linkStubs(own, deployed.index, links.ownerOf);
  const flows = [...own, ...wires.flows, ...stubs.flows];
  const targets = [...new Set([...wires.compartments, ...stubs.compartments])].sort();
  const credentials: Record<string, Credentials> = {};
  const types = new Set<string>();
  for (const node of flows) {
    const own = deployed.credentials[node.id];
    if (own) credentials[node.id] = own;
    if (!withoutCode.has(node.type) && !node.type.startsWith('subflow:')) types.add(node.type);
  }
  const content = {
    flows,
    credentials,
    palette: deployed.palette.filter((entry) => entry.enabled && entry.types.some((type) => types.has(type))),
    userDir: deployed.userDir,
    directory,
    services: neededServices(flows, services),
    links: Object.fromEntries(targets.map((target) => [target, links.endpoint(target, planned.id)])),
    ...(wires.entrances.length > 0 ? { entrances: wires.entrances } : {}),
  };
  const hash = createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest('hex')
    .slice(0, 32);
  return { compartmentId: planned.id, hash, ...content };
}

/** Node types of the slice that no enabled node set registers. */
export function missingTypes(slice: Slice): string[] {
  const known = new Set(slice.palette.flatMap((entry) => entry.types));
  const used = new Set(slice.flows.map((node) => node.type));
  return [...used].filter((type) => !withoutCode.has(type) && !type.startsWith('subflow:') && !known.has(type)).sort();
}

function neededServices(flows: readonly FlowNode[], services: BulkheadServices): BulkheadServices {
  const provided = new Set(flows.filter((node) => node['source'] === 'bulkhead').map((node) => node.type));
  return {
    ...(services.mqtt && provided.has('uns-connection') ? { mqtt: services.mqtt } : {}),
    ...(services.postgres && provided.has('historian-connection') ? { postgres: services.postgres } : {}),
  };
}

/** Keys sorted at every level, so that the same flows always give the same hash. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
