import type { Clock } from '@bulkhead/core';
import type { ExitReason, RelayedEvent, ToCompartment } from '../../protocol/messages.ts';
import type { Limits } from './limits.ts';

/** The connection that a running compartment dialled. */
export interface Link {
  send(message: ToCompartment): boolean;
  close(): void;
}

/** What a compartment needs of the rest of the supervisor. */
export interface CompartmentPorts {
  /** Has the keeper start the process. */
  startProcess(compartmentId: string, limits: Limits): Promise<{ readonly pid: number; readonly startedAt: number }>;
  kill(compartmentId: string, signal: NodeJS.Signals, because?: { reason: ExitReason; detail: string }): void;
  setHangLimit(compartmentId: string, hangMs: number): void;
  /** Shows events in the editor. */
  show(events: readonly RelayedEvent[]): void;
  /** State, plan or limits changed: tell who watches, keep what is kept. */
  changed(): void;
  log(line: string): void;
  readonly clock: Clock;
  random(): number;
}
