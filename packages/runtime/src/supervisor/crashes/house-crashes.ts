import path from 'node:path';
import type { ChildExit } from '../../protocol/messages.ts';
import { directoryName } from '../compartment-process.ts';
import type { Crashes } from '../compartments/ports.ts';
import { crashReportOf } from './crash-report.ts';
import type { CrashStore } from './crash-store.ts';
import { isToBlame } from './blame.ts';
import type { Poison } from './poison.ts';
import { readInHand } from './in-hand-file.ts';

/** What compartments see of the crash reports of the house. */
export function createCrashes(store: CrashStore, compartmentsDirectory: string, poison: Poison): Crashes {
  return {
    reports: (compartmentId) => store.reports(compartmentId),
    runs: (compartmentId, flowsHash) => poison.releaseOthers(compartmentId, flowsHash),
    add(compartmentId, exit: ChildExit, node, flowsHash) {
      const inHand = readInHand(path.join(compartmentsDirectory, directoryName(compartmentId)), exit.pid);
      const report = crashReportOf(exit, node, inHand);
      const { request } = inHand ?? {};
      if (inHand && request !== undefined && isToBlame(inHand, exit, () => poison.wasAnswered(request)))
        poison.killed(request, { compartmentId, flowsHash, at: exit.endedAt });
      store.add(compartmentId, report, inHand);
      return report;
    },
  };
}
