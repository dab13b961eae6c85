/**
 * A process that waits to become a compartment. It holds no flows and no secrets but the token that lets it in.
 *
 * waiting ──prepare──▶ waiting ──become──▶ a compartment, on the same connection
 */
import { lastWords, startBeats } from '../protocol/beats.ts';
import { protocolVersion, type ToCompartment } from '../protocol/messages.ts';
import { bootOf, type SpareBoot } from './boot.ts';
import { type Compartment, openCompartment, type OwnProcess } from './compartment.ts';
import { createShell } from './shell.ts';
import { tidyHeap } from './tidy-heap.ts';
import { toSupervisor } from './supervisor-connection.ts';

export function openSpare(boot: SpareBoot, own: OwnProcess): Compartment {
  const { reporter } = own;
  const connect = toSupervisor({ path: boot.supervisorSocket });
  const stopBeats = startBeats();
  const shell = createShell();
  let became: Compartment | undefined;

  const connection = connect({
    hello: () => ({
      type: 'hello',
      protocol: protocolVersion,
      role: 'spare',
      id: boot.spare,
      token: boot.token,
      pid: process.pid,
      place: boot.place,
    }),
    onOpen() {},
    onMessage,
  });

  function onMessage(message: ToCompartment): void {
    switch (message.type) {
      case 'prepare':
        shell.rehearse(message.userDir, message.palette).then(() => {
          tidyHeap();
          connection.send({ type: 'prepared' });
        }, giveUp);
        return;
      case 'become':
        stopBeats();
        became = openCompartment(bootOf(message.identity, boot), own, connect, shell);
        return;
      case 'stop':
        return reporter.exit(0);
      default:
        // Everything else is for compartments.
        return;
    }
  }

  function giveUp(error: unknown): void {
    console.error(error);
    lastWords({ reason: 'startup-failed', detail: error instanceof Error ? error.message : String(error) });
    reporter.exit(1);
  }

  return { stop: (deadlineMs) => became?.stop(deadlineMs) ?? reporter.exit(0) };
}
