import { askProbe } from '@bulkhead/node-kit/editor';
import type { ProbeAnswer } from '@bulkhead/node-kit/probing';
import { parseProbeResult, type ProbeQuestion, type ProbeResult } from '../probing/question.ts';

/** What the probe needs of the connection. */
export const connectionFields = [
  'host',
  'port',
  'plc',
  'rack',
  'slot',
  'localTsap',
  'remoteTsap',
  'timeoutMs',
  'pduBytes',
  'parallel',
] as const;

/** Asks the PLC, through a process that the runtime starts for it. Never rejects. */
export function askPlc(question: ProbeQuestion): Promise<ProbeAnswer<ProbeResult>> {
  return askProbe('s7-connection/probe', question, parseProbeResult);
}
