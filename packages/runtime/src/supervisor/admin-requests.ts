/** Admin requests that name nodes, on their way from the editor to the compartments that run these nodes. */
import { isRecord } from '@bulkhead/core';
import type { ForwardedRequest, ForwardedResponse } from '../protocol/messages.ts';
import type { Compartment } from './compartments/compartment.ts';
import { debugSwitchOf } from './compartments/debug-switches.ts';

export interface AdminRequests {
  owner(nodeId: string): Compartment | undefined;
  /** Rejects where the compartment does not run. */
  ask(compartment: Compartment, request: ForwardedRequest): Promise<unknown>;
}

/** The answer of the compartment; of several, that of the first that gives one. */
export async function passOn(
  nodeIds: readonly string[],
  request: ForwardedRequest,
  { owner, ask }: AdminRequests,
): Promise<unknown> {
  const owners = new Set(nodeIds.map(owner).filter((one) => one !== undefined));
  const results = await Promise.allSettled(
    [...owners].map(async (compartment) => {
      const own = nodeIds.filter((id) => owner(id) === compartment);
      return switchDebug(compartment, own, request) ?? (await noteSwitch(compartment, own, request, ask));
    }),
  );
  const answered = results.find((result) => result.status === 'fulfilled');
  if (answered) return answered.value;
  const failed = results.find((result) => result.status === 'rejected');
  throw failed?.reason ?? new Error('its tab is disabled, or was not deployed yet: nothing runs it');
}

/** What does not run is switched in its absence: it starts as it was switched. */
function switchDebug(
  compartment: Compartment,
  own: readonly string[],
  request: ForwardedRequest,
): ForwardedResponse | undefined {
  const wanted = debugSwitchOf(request);
  if (wanted === null || compartment.state.kind === 'running') return undefined;
  compartment.switchDebug(own, wanted.active);
  return { status: wanted.active ? 200 : 201, headers: {}, body: new Uint8Array() };
}

async function noteSwitch(
  compartment: Compartment,
  own: readonly string[],
  request: ForwardedRequest,
  ask: AdminRequests['ask'],
): Promise<unknown> {
  const answer = await ask(compartment, request);
  const wanted = debugSwitchOf(request);
  const done = isRecord(answer) && (answer['status'] === 200 || answer['status'] === 201);
  if (wanted !== null && done) compartment.switchDebug(own, wanted.active);
  return answer;
}
