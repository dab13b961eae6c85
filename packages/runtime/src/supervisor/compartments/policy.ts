import * as v from 'valibot';
import { type Launcher, launchers } from '../../protocol/boot.ts';

/** What is done for one compartment, besides its limits. */
export interface Policy {
  /** `own`: a process that has imported its palettes waits for its next crash. `shared`: it has the house's spare. */
  readonly standby: 'shared' | 'own';
  /** After too many short lives in a row. `rollback`: to the flows that lived last, if there are any. */
  readonly onCrashLoop: 'quarantine' | 'rollback';
  /** `default`: as its tabs ask (BULKHEAD_LAUNCHER), or as the house does it. */
  readonly launcher: 'default' | Launcher;
}

export const defaultPolicy: Policy = { standby: 'shared', onCrashLoop: 'quarantine', launcher: 'default' };

export const standbys = ['shared', 'own'] as const;
export const crashLoopAnswers = ['quarantine', 'rollback'] as const;

/** Part of the body of `PATCH /bulkhead/compartments/:id`, and of what is kept. */
export const policyPatchSchema = v.strictObject({
  standby: v.exactOptional(v.picklist(standbys)),
  onCrashLoop: v.exactOptional(v.picklist(crashLoopAnswers)),
  launcher: v.exactOptional(v.picklist(['default', ...launchers])),
});

/** What differs from the defaults of the house. */
export function ownPolicy(policy: Policy, defaults: Policy): Partial<Policy> {
  return {
    ...(policy.standby === defaults.standby ? {} : { standby: policy.standby }),
    ...(policy.onCrashLoop === defaults.onCrashLoop ? {} : { onCrashLoop: policy.onCrashLoop }),
    ...(policy.launcher === defaults.launcher ? {} : { launcher: policy.launcher }),
  };
}
