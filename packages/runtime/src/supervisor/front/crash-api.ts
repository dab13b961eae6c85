import { errorMessage } from '@bulkhead/core';
import type { Compartment } from '../compartments/compartment.ts';
import type { CrashReport } from '../crashes/crash-report.ts';
import type { CrashStore } from '../crashes/crash-store.ts';
import type { Poison } from '../crashes/poison.ts';
import type { Answer } from './api.ts';

export interface CrashApiSource {
  readonly poison: Pick<Poison, 'setAside' | 'release'>;
  readonly crashes: Pick<CrashStore, 'message' | 'remove'>;
  /** Gives a node of a running compartment a message; false when it has no such node. */
  resend(compartmentId: string, nodeId: string, message: unknown): Promise<boolean>;
}

/** What can be done with one crash report: `/bulkhead/compartments/:id/crashes/:crash`. */
export function createCrashApi({ crashes, resend }: CrashApiSource) {
  const reportOf = (compartment: Compartment, crash: string): CrashReport | undefined =>
    compartment.crashes.find(({ id }) => id === crash);
  const unknown = (crash: string): Answer => ({ status: 404, body: { error: `there is no crash report "${crash}"` } });
  const conflict = (error: string): Answer => ({ status: 409, body: { error } });
  const noMessage: Answer = {
    status: 404,
    body: { error: 'the message is not known: none was in hand, or too many came at once' },
  };

  return {
    async message(compartment: Compartment, crash: string): Promise<Answer> {
      const report = reportOf(compartment, crash);
      if (report === undefined) return unknown(crash);
      const message = await crashes.message(compartment.id, crash);
      if (report.message === null || message === undefined) return noMessage;
      return { status: 200, body: { ...report.message, message } };
    },
    async resend(compartment: Compartment, crash: string): Promise<Answer> {
      const report = reportOf(compartment, crash);
      if (report === undefined) return unknown(crash);
      const message = await crashes.message(compartment.id, crash);
      if (report.message === null || message === undefined) return noMessage;
      if (report.message.redacted) return conflict('it held a credential, which is not kept');
      if (!report.message.complete) return conflict('only a part of it was kept: it was too long or held live objects');
      if (compartment.state.kind !== 'running') return conflict('its compartment is not running');
      try {
        const taken = await resend(compartment.id, report.message.nodeId, message);
        return taken ? { status: 202, body: { ok: true } } : conflict('the node that held it is not there any more');
      } catch (error) {
        return conflict(`it could not be sent: ${errorMessage(error)}`);
      }
    },
    remove(compartment: Compartment, crash: string): Answer {
      return crashes.remove(compartment.id, crash) ? { status: 200, body: { ok: true } } : unknown(crash);
    },
  };
}
