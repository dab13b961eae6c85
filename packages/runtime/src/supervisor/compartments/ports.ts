import type { Clock } from '@bulkhead/core';
import type { Launcher } from '../../protocol/boot.ts';
import type { DrawnNode } from './drawn-node.ts';
import type { CrashReport } from '../crashes/crash-report.ts';
import type { ChildExit, ExitReason, RelayedEvent, Slice, ToCompartment } from '../../protocol/messages.ts';
import type { Privilege } from '../../protocol/privilege.ts';
import type { Grants } from '../plan/grants.ts';
import type { Limits, LimitsBy } from '../../protocol/limits.ts';

/** The connection that a running compartment dialled. */
export interface Link {
  send(message: ToCompartment): boolean;
  close(): void;
}

export interface Crashes {
  /** Oldest first. */
  reports(compartmentId: string): readonly CrashReport[];
  /** Keeps a report with the message in hand; call before another process starts. */
  add(compartmentId: string, exit: ChildExit, node: DrawnNode | undefined, flowsHash: string | null): CrashReport;
  /** From now on it is to run these flows; null: it is gone. What ended others begins anew. */
  runs(compartmentId: string, flowsHash: string | null): void;
}

export interface StartedProcess {
  readonly pid: number;
  readonly startedAt: number;
  readonly limitsBy: LimitsBy;
}

export interface StartOptions {
  readonly limits: Limits;
  /** Whatever it costs: the last crash left in doubt which node did it. */
  readonly launcher: Launcher;
  readonly traceExactly: boolean;
  readonly grants: Grants;
}

/** What a compartment needs of the rest of the supervisor. */
export interface CompartmentPorts {
  /** Has the keeper start the process. */
  startProcess(compartmentId: string, how: StartOptions): Promise<StartedProcess>;
  /** True when its start was still waiting for its turn, and will not come. */
  giveUpStart?(compartmentId: string): boolean;
  /** For a compartment whose tabs ask for none. */
  readonly defaultLauncher: Launcher;
  /** What the process of a slice may do. */
  grantsOf(slice: Slice, privilege: Privilege): Grants;
  kill(compartmentId: string, signal: NodeJS.Signals, because?: { reason: ExitReason; detail: string }): void;
  /** Those that count at once, for the process that runs. */
  applyLimits(compartmentId: string, limits: Limits): void;
  readonly crashes: Crashes;
  /** Keeps flows that have run long enough to be gone back to. */
  keepLived(slice: Slice): void;
  /** Shows events in the editor. */
  show(events: readonly RelayedEvent[]): void;
  /** State, plan or limits changed: tell who watches, keep what is kept. */
  changed(): void;
  log(line: string): void;
  readonly clock: Clock;
  random(): number;
}
