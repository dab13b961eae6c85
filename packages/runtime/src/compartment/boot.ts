import path from 'node:path';
import { isRecord } from '../node-red/is-record.ts';
import { httpSocketName, linkSocketName } from '../protocol/socket-name.ts';

/** What a compartment is told at its start; everything else comes with its slice. */
export interface CompartmentBoot {
  readonly id: string;
  readonly token: string;
  readonly supervisorSocket: string;
  /** Own directory; context files go into the one that the slice names. */
  readonly directory: string;
  /** Where `httpNode` answers, if a node needs it. */
  readonly httpSocket: string;
  /** Where messages come in from link nodes of other compartments. */
  readonly linkSocket: string;
  /** `deriveToken(linkSecret, caller)` is the token that lets a caller in. */
  readonly linkSecret: string;
  /** Debug sidebar messages a second; what exceeds it is counted. */
  readonly debugLimitPerSecond: number;
  /** Lines a second on stdout and stderr together; what exceeds it is counted. */
  readonly logLimitPerSecond: number;
  /** Write a beat for every message, whatever it costs: after a hang or an out-of-memory whose node is not certain. */
  readonly traceExactly: boolean;
}

/** Throws where a field is missing or of the wrong type: the message names it. */
export function parseCompartmentBoot(value: unknown): CompartmentBoot {
  if (!isRecord(value)) throw new Error('boot data of a compartment is not an object');
  const text = (key: string): string => {
    const field = value[key];
    if (typeof field !== 'string' || field === '') throw new Error(`boot data of a compartment lacks "${key}"`);
    return field;
  };
  const number = (key: string, fallback: number): number => {
    const field = value[key];
    return typeof field === 'number' && field > 0 ? field : fallback;
  };
  const id = text('id');
  const supervisorSocket = text('supervisorSocket');
  const httpSocket = value['httpSocket'];
  const runDirectory =
    typeof value['runDirectory'] === 'string' ? value['runDirectory'] : path.dirname(supervisorSocket);
  return {
    id,
    token: text('token'),
    supervisorSocket,
    directory: text('directory'),
    httpSocket:
      typeof httpSocket === 'string' && httpSocket !== '' ? httpSocket : path.join(runDirectory, httpSocketName(id)),
    linkSocket: path.join(runDirectory, linkSocketName(id)),
    linkSecret: text('linkSecret'),
    debugLimitPerSecond: number('debugLimitPerSecond', 200),
    logLimitPerSecond: number('logLimitPerSecond', 200),
    traceExactly: value['traceExactly'] === true,
  };
}
