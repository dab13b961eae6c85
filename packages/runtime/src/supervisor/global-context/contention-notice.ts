import type { RelayedEvent } from '../../protocol/messages.ts';

/** Says in the editor that two tabs write one key of the global context. */
export function contentionNotice(
  key: string,
  writers: readonly [string, string],
  names: readonly string[],
  lostUpdate: boolean,
): RelayedEvent {
  return { name: 'comms', payload: { topic: 'bulkhead/global-contention', data: { key, writers, names, lostUpdate } } };
}
