import { errorText } from '../node-red/error-text.ts';
import type { RegistryModule, RegistryNodeSet } from '../node-red/internals.ts';
import type { PaletteEntry } from '../protocol/messages.ts';

/** Every node set that the registry knows, with the file that a compartment has to load for it. Pure. */
export function listPalette(modules: Readonly<Record<string, RegistryModule>>): PaletteEntry[] {
  return Object.values(modules).flatMap((module) => Object.values(module.nodes).map((set) => describe(module, set)));
}

function describe(module: RegistryModule, set: RegistryNodeSet): PaletteEntry {
  const { name, file, enabled } = set;
  const version = module.pending_version ?? module.version;
  const entry = { module: module.name, set: name, types: [...(set.types ?? [])], file, enabled, version };
  const error = errorOf(set);
  return error === undefined ? entry : { ...entry, error };
}

function errorOf(set: RegistryNodeSet): string | undefined {
  if (set.err !== undefined && set.err !== null) return errorText(set.err);
  // Known from the settings of an earlier start, but not found in this one.
  return set.enabled && !set.loaded ? 'its files were not found' : undefined;
}
