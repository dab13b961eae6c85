/** How a spare is started: exactly as the compartment that it may become, but under a neutral name and without identity. */
import { createHash } from 'node:crypto';
import type { SupervisorBoot } from '../../protocol/boot.ts';
import type { ChildSpec } from '../../protocol/messages.ts';
import { atPlace, newPlace } from '../own-place.ts';
import { deriveToken } from '../../protocol/token.ts';

const namePrefix = 'spare:';

/** The keeper's name for a spare, and back. */
export const processNameOfSpare = (spareId: string): string => `${namePrefix}${spareId}`;
export const spareIdOf = (processName: string): string | undefined =>
  processName.startsWith(namePrefix) ? processName.slice(namePrefix.length) : undefined;

/**
 * Everything of a start that cannot be changed later: heap limit, environment, flags. A spare can only become a
 * compartment of its own class. The same over all lives of the supervisor, so that it knows which spares it can keep.
 */
export function startClass({ command, args, cwd, env, uid, gid }: ChildSpec): string {
  const sorted = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, args, cwd, sorted, uid, gid]))
    .digest('hex')
    .slice(0, 12);
}

export function spareSpec(boot: SupervisorBoot, spareId: string, like: ChildSpec): ChildSpec {
  const place = newPlace(boot);
  return {
    ...atPlace(like, boot, place),
    name: processNameOfSpare(spareId),
    role: 'spare',
    boot: {
      spare: spareId,
      token: deriveToken(boot.secret, processNameOfSpare(spareId)),
      supervisorSocket: boot.supervisorSocket,
      place,
    },
  };
}
