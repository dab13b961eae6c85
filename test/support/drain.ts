import helper from 'node-red-node-test-helper';

/** One phase of a clean stop, as the compartment asks for it; resolves when everyone who takes part is done. */
export async function drain(phase: 'source' | 'relay' | 'sink', deadlineMs = 5_000): Promise<void> {
  const pending: Promise<void>[] = [];
  helper._events.emit('bulkhead:drain', {
    phase,
    deadlineMs,
    waitFor: (promise: Promise<void>) => void pending.push(promise),
  });
  await Promise.all(pending);
}
