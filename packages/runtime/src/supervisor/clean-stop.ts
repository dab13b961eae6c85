import { bridgeType, type DrainPhase, returnType } from '../protocol/messages.ts';
import type { Compartment } from './compartments/compartment.ts';
import { relayRank } from './relay-rank.ts';

export interface CleanStopPorts {
  /** Freezes the simulated plant: it answers, but its values no longer change. */
  holdPlant(): Promise<void>;
  compartments(): readonly Compartment[];
  now(): number;
  log(line: string): void;
}

/**
 * Ends the flows so that nothing that was read is lost: what produces stops first, what records stops last.
 *
 * plant → reads → publishers → those that subscribe and publish → those that only subscribe → historian → all closed.
 * After each of them, what is on its way between link nodes of different compartments arrives.
 * Each step waits for its promise or for the deadline; a step that was cut short is said by name.
 */
export async function stopFlows(deadlineMs: number, ports: CleanStopPorts): Promise<void> {
  const endAt = ports.now() + deadlineMs;
  const left = (): number => Math.max(250, endAt - ports.now());
  const drain = async (compartments: readonly Compartment[], phase: DrainPhase): Promise<void> => {
    await Promise.all(
      compartments.map(async (compartment) => {
        if (compartment.state.kind !== 'running') return;
        // Half of what is left, so that one stuck step leaves time for those behind it.
        if (await compartment.drain(phase, left() / 2)) return;
        ports.log(`stopping: ${compartment.planned.name} did not finish its ${phase} step in time`);
      }),
    );
  };
  await ports.holdPlant().catch((error: unknown) => ports.log(`stopping: the plant was not held: ${String(error)}`));
  const settleLinks = async (): Promise<void> => {
    const linked = ports.compartments().filter((compartment) => hasLinks(compartment));
    // A message may go on from where it came in: one round for each step it may take.
    for (let round = 0; round < Math.min(linked.length, mostLinkSteps); round += 1) await drain(linked, 'link');
  };
  await drain(ports.compartments(), 'source');
  await settleLinks();
  for (const rank of [0, 1, 2]) {
    await drain(
      ports.compartments().filter(({ slice }) => relayRank(slice) === rank),
      'relay',
    );
    await settleLinks();
  }
  await drain(ports.compartments(), 'sink');
  await Promise.all(ports.compartments().map((compartment) => compartment.stop(Math.min(left(), 5_000))));
}

const mostLinkSteps = 6;

/** Does it send to other compartments, or return to them? */
function hasLinks({ slice }: Compartment): boolean {
  return slice?.flows.some((node) => node.type === bridgeType || node.type === returnType) ?? false;
}
