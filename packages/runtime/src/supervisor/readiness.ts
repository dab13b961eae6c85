import type { House } from './house.ts';

export interface Readiness {
  /** The editor is connected, its flows were received, and every compartment that is not quarantined or stopped runs. */
  readonly ready: boolean;
  readonly waitingFor: readonly string[];
  /** Ready, or a person is needed for that, who finds the editor. */
  readonly isUp: boolean;
}

export function readiness(editorConnected: boolean, house: House): Readiness {
  const waitingFor: string[] = [];
  if (!editorConnected) waitingFor.push('editor');
  if (!house.planned && house.halted === null) waitingFor.push('flows');
  for (const { planned, state } of house.compartments.values()) {
    if (state.kind === 'starting' || state.kind === 'backing-off') waitingFor.push(planned.name);
  }
  const isUp = waitingFor.length === 0;
  if (house.halted !== null) waitingFor.push(`flows: ${house.halted}`);
  return { ready: waitingFor.length === 0, waitingFor, isUp };
}
