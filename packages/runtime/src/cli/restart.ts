import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { compartmentsOf, findCompartment } from './compartments.ts';

const backWithinMs = 45_000;
const lookEveryMs = 200;

/** `bulkhead restart NAME`: ends when the compartment runs again in another process. */
export const restart: Command = {
  argument: 'NAME',
  flags: ['json'],
  async run(wanted, { json }, { house, out, ended }) {
    const before = findCompartment(await compartmentsOf(house), wanted);
    await house.ask(`/bulkhead/compartments/${encodeURIComponent(before.id)}/restart`, { method: 'POST' });
    const end = Date.now() + backWithinMs;
    while (Date.now() < end && !ended.aborted) {
      const now = (await compartmentsOf(house)).find(({ id }) => id === before.id);
      if (!now) throw new CommandError(`"${before.name}" is gone: its tabs were deleted meanwhile`);
      if (now.state === 'running' && now.pid !== null && now.pid !== before.pid) {
        out(
          json
            ? JSON.stringify({ id: now.id, name: now.name, pid: now.pid, before: before.pid })
            : `"${now.name}" runs again, as process ${now.pid}`,
        );
        return true;
      }
      if (now.state === 'quarantined')
        throw new CommandError(`"${now.name}" does not live: ${now.lastExit?.detail ?? 'it was quarantined'}`);
      await wait(lookEveryMs);
    }
    throw new CommandError(`"${before.name}" did not come back within ${backWithinMs / 1_000} s; see npx bulkhead ps`);
  },
};
