import { errorMessage, systemClock } from '@bulkhead/core';
import type { SupervisorBoot } from '../../protocol/boot.ts';
import type { ChildSpec, ChildStatus, NewName } from '../../protocol/messages.ts';
import { compartmentSpec, directoryOf, identityOf } from '../compartment-process.ts';
import type { Compartment } from '../compartments/compartment.ts';
import type { StartedProcess, StartOptions } from '../compartments/ports.ts';
import type { DialledSpare } from '../dial-ins.ts';
import type { House } from '../house.ts';
import { giveUpPlace, leadTo } from '../own-place.ts';
import type { KeeperLink } from '../keeper-link.ts';
import { spareIdOf, spareSpec } from './spare-spec.ts';
import { Spares } from './spares.ts';
import { type Standing, type WantedSpare, wantedSpares } from './wanted-spares.ts';

interface HouseSparesPorts {
  readonly boot: SupervisorBoot;
  house(): House;
  keeper(): KeeperLink;
  /** The house is being stopped: nothing is started any more. */
  stopping(): boolean;
  log(line: string): void;
}

/** The spares of a house: which it wants, and how one of them becomes a compartment. */
export function createHouseSpares({ boot, house, keeper, stopping, log }: HouseSparesPorts) {
  const wanted = (): WantedSpare[] => {
    if (!house().planned || stopping()) return [];
    const standings = [...house().compartments.values()].flatMap((compartment): Standing[] => {
      const { slice, down, id, limits, policy, launcher, grants } = compartment;
      // A container has a process of its own.
      if (slice === null || grants === null || down !== null || launcher === 'container') return [];
      const own = policy.standby === 'own';
      const { palette, userDir } = slice;
      return [
        {
          compartmentId: id,
          spec: compartmentSpec(boot, id, { limits, launcher, traceExactly: false, grants }),
          palette,
          userDir,
          own,
        },
      ];
    });
    return wantedSpares(standings, boot.spares > 0);
  };
  const spares: Spares<DialledSpare> = new Spares({
    wanted,
    quiet: () => house().planned && [...house().compartments.values()].every(({ state }) => state.kind !== 'starting'),
    start: ({ id, like }) => keeper().start(spareSpec(boot, id, like)),
    rename: (name, to) => keeper().rename(name, to),
    kill: (name) => keeper().kill(name, 'SIGKILL'),
    clock: systemClock,
    log,
  });

  /** Of compartments whose process was a spare. */
  const places = new Map<string, string>();

  return {
    spares,
    /** Its process has ended: nothing leads to its files any more. */
    left(compartmentId: string): void {
      const place = places.get(compartmentId);
      if (place !== undefined) giveUpPlace(place);
      places.delete(compartmentId);
    },
    /** Makes a spare the process of this compartment; null where none fits, and it has to be started. */
    async take(compartment: Compartment, spec: ChildSpec & NewName, how: StartOptions): Promise<StartedProcess | null> {
      const taken = await spares.take(compartment.id, spec);
      if (taken === null) return null;
      const startedAt = Date.now();
      try {
        leadTo(boot, taken.link.place, directoryOf(boot, compartment.id));
      } catch (error) {
        // No room on the disk, perhaps: flows run on without their files, and say so themselves.
        log(`compartment ${compartment.planned.name} has no folder: ${errorMessage(error)}`);
      }
      places.set(compartment.id, taken.link.place);
      taken.link.become(compartment, identityOf(boot, compartment.id, how));
      return { pid: taken.pid, startedAt, limitsBy: taken.limitsBy };
    },
    /** What the keeper runs, after a supervisor was started anew. */
    adopt(children: readonly ChildStatus[]): void {
      for (const { name, pid } of children) if (pid !== null && spareIdOf(name) !== undefined) spares.expect(name);
    },
  };
}
