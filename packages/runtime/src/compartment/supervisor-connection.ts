/** The connection to the supervisor, and who speaks on it: a spare hands it over to the compartment that it becomes. */
import type { Address } from '../protocol/address.ts';
import { type Dialled, dial } from '../protocol/dial.ts';
import type { FromCompartment, Hello, ToCompartment } from '../protocol/messages.ts';

export interface Speaker {
  hello(): Hello;
  /** After each welcome. */
  onOpen(): void;
  onMessage(message: ToCompartment): void;
}

export type SupervisorConnection = Dialled<FromCompartment>;

/** Gives the connection on which the speaker speaks from now on. */
export type Connect = (speaker: Speaker) => SupervisorConnection;

/** The first who speaks makes the connection; every later one takes it over from the one before. */
export function toSupervisor(address: Address): Connect {
  let current: Speaker;
  let connection: SupervisorConnection | undefined;
  return (speaker) => {
    current = speaker;
    connection ??= dial<ToCompartment, FromCompartment>(address, {
      hello: () => current.hello(),
      onOpen: () => current.onOpen(),
      onMessage: (message) => current.onMessage(message),
      onRefused: (reason) => console.error(`the supervisor refused this process: ${reason}`),
    });
    return connection;
  };
}
