import type { House } from './house.ts';

/** Ready means: the editor is connected, its flows were received, and every compartment that is not quarantined or stopped runs. */
export function readiness(
  editorConnected: boolean,
  house: House,
): { readonly ready: boolean; readonly waitingFor: readonly string[] } {
  const waitingFor: string[] = [];
  if (!editorConnected) waitingFor.push('editor');
  if (!house.planned) waitingFor.push('flows');
  for (const { planned, state } of house.compartments.values()) {
    if (state.kind === 'starting' || state.kind === 'backing-off') waitingFor.push(planned.name);
  }
  return { ready: waitingFor.length === 0, waitingFor };
}
