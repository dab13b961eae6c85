import { askProbe } from '@bulkhead/node-kit/editor';
import type { ProbeAnswer } from '@bulkhead/node-kit/probing';
import { parseProbeResult, type ProbeQuestion, type ProbeResult } from '../probing/question.ts';

/** What the probe needs of the connection. */
export const connectionFields = [
  'mode',
  'host',
  'port',
  'serialPath',
  'baudRate',
  'parity',
  'dataBits',
  'stopBits',
  'unitId',
  'timeoutMs',
  'maxInFlight',
] as const;

/** Asks the device, through a process that the runtime starts for it. Never rejects. */
export function askDevice(question: ProbeQuestion): Promise<ProbeAnswer<ProbeResult>> {
  return askProbe('modbus-connection/probe', question, parseProbeResult);
}
