import { ownEntry } from '../../node-red/own-entry.ts';
import {
  type BulkheadServices,
  bridgeType,
  type Credentials,
  type FlowNode,
  type LinkEndpoint,
  type PaletteEntry,
  type Slice,
  returnType,
} from '../../protocol/messages.ts';
import type { FlowIndex } from './flow-index.ts';
import { linkStubs } from './link-stubs.ts';
import { ownFlows } from './own-flows.ts';
import type { PlannedCompartment } from './partition.ts';
import { contentHash, type SliceFlows } from './slice-flows.ts';
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

/** What a slice needs beside its flows. */
export interface Surroundings {
  readonly directory: string;
  readonly services: BulkheadServices;
  readonly links: LinkPlan;
}

/** Cuts out what one compartment runs: its flows, its own secrets and the node sets it uses, under a hash that changes with any of them. */
export function cutSlice(planned: PlannedCompartment, deployed: Deployed, around: Surroundings): Slice {
  const own = ownFlows(planned, deployed.index);
  const wires = wireStubs(planned, deployed.index);
  const stubs = linkStubs(own, deployed.index, around.links.ownerOf);
  const flows = [...own, ...wires.flows, ...stubs.flows];
  const credentials: Record<string, Credentials> = Object.fromEntries(
    flows.flatMap(({ id }) => {
      const entry = ownEntry(deployed.credentials, id);
      return entry ? [[id, entry]] : [];
    }),
  );
  const targets = [...new Set([...wires.compartments, ...stubs.compartments])].sort();
  return completeSlice(planned.id, { flows, credentials, entrances: wires.entrances, targets }, deployed, around);
}

/** A slice of these flows as they run in this house: with the node sets that are installed now, and the tokens of this run. */
export function completeSlice(
  compartmentId: string,
  { flows, credentials, entrances, targets }: SliceFlows,
  { palette, userDir }: Pick<Deployed, 'palette' | 'userDir'>,
  { directory, services, links }: Surroundings,
): Slice {
  const types = new Set(
    flows.map(({ type }) => type).filter((type) => !withoutCode.has(type) && !type.startsWith('subflow:')),
  );
  const content = {
    flows,
    credentials,
    palette: palette.filter((entry) => entry.enabled && entry.types.some((type) => types.has(type))),
    userDir,
    directory,
    services: neededServices(flows, services),
    links: Object.fromEntries(targets.map((target) => [target, links.endpoint(target, compartmentId)])),
    ...(entrances.length > 0 ? { entrances } : {}),
  };
  return { compartmentId, hash: contentHash(content), ...content };
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
