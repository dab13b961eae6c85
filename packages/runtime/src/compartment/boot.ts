import path from 'node:path';
import { isRecord } from '../node-red/is-record.ts';
import type { Contained } from '../protocol/boot.ts';
import type { Identity } from '../protocol/messages.ts';
import { httpSocketName, linkSocketName } from '../protocol/socket-name.ts';

/** A flow that answers after longer is rare; a client that waits for as long as well. */
const usualAnswerWithinMs = 60_000;

/** What a compartment is told at its start; everything else comes with its slice. */
export interface CompartmentBoot {
  readonly id: string;
  readonly token: string;
  readonly supervisorSocket: string;
  /** Own directory: context files, the message in hand. */
  readonly directory: string;
  /** Where `httpNode` answers, if a node needs it. */
  readonly httpSocket: string;
  /** Where messages come in from link nodes of other compartments. */
  readonly linkSocket: string;
  /** `deriveToken(linkSecret, caller)` is the token that lets a caller in. */
  readonly linkSecret: string;
  /** How long after the end of the compartment that it went to an HTTP response waits for another answer. */
  readonly answerWithinMs: number;
  /** Debug sidebar messages a second; what exceeds it is counted. */
  readonly debugLimitPerSecond: number;
  /** Lines a second on stdout and stderr together; what exceeds it is counted. */
  readonly logLimitPerSecond: number;
  /** Write a beat for every message, whatever it costs: after a hang or an out-of-memory whose node is not certain. */
  readonly traceExactly: boolean;
  /** Null in a process. */
  readonly contained: Contained | null;
  /** Key of the grants that it was started with. */
  readonly grants: string;
  /** Programs of Node.js that it starts are confined as it is. */
  readonly confinesChildren: boolean;
}

/** What a spare is told at its start. */
export interface SpareBoot {
  /** Its name among spares. */
  readonly spare: string;
  readonly token: string;
  readonly supervisorSocket: string;
  /** What will be its own directory. */
  readonly place: string;
  readonly logLimitPerSecond: number;
}

/** Null where the boot data is that of a compartment; throws as `parseCompartmentBoot` does. */
export function parseSpareBoot(value: unknown): SpareBoot | null {
  if (!isRecord(value) || value['spare'] === undefined) return null;
  const { text, number } = fieldsOf(value);
  return {
    spare: text('spare'),
    token: text('token'),
    supervisorSocket: text('supervisorSocket'),
    place: text('place'),
    logLimitPerSecond: number('logLimitPerSecond', 200),
  };
}

/** What a spare that gets an identity would have been told, had it been started as that compartment. */
export function bootOf({ runDirectory, ...identity }: Identity, spare: SpareBoot): CompartmentBoot {
  const { supervisorSocket, place } = spare;
  return {
    ...identity,
    // The same directory, under the name by which this process may use it.
    directory: place,
    contained: null,
    answerWithinMs: usualAnswerWithinMs,
    supervisorSocket,
    httpSocket: path.join(runDirectory, httpSocketName(identity.id)),
    linkSocket: path.join(runDirectory, linkSocketName(identity.id)),
  };
}

/** Throws where a field is missing or of the wrong type: the message names it. */
export function parseCompartmentBoot(value: unknown): CompartmentBoot {
  if (!isRecord(value)) throw new Error('boot data of a compartment is not an object');
  const { text, number } = fieldsOf(value);
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
    answerWithinMs: number('answerWithinMs', usualAnswerWithinMs),
    debugLimitPerSecond: number('debugLimitPerSecond', 200),
    logLimitPerSecond: number('logLimitPerSecond', 200),
    traceExactly: value['traceExactly'] === true,
    contained: isContained(value['contained']) ? value['contained'] : null,
    grants: typeof value['grants'] === 'string' ? value['grants'] : '',
    confinesChildren: value['confinesChildren'] === true,
  };
}

function fieldsOf(value: Record<string, unknown>) {
  return {
    text(key: string): string {
      const field = value[key];
      if (typeof field !== 'string' || field === '') throw new Error(`boot data of a compartment lacks "${key}"`);
      return field;
    },
    number(key: string, fallback: number): number {
      const field = value[key];
      return typeof field === 'number' && field > 0 ? field : fallback;
    },
  };
}

/** Written by `container/main.ts`, of the same version as this program or refused at hello. */
const isContained = (value: unknown): value is Contained =>
  isRecord(value) && isRecord(value['gate']) && isRecord(value['moved']) && typeof value['pid'] === 'number';
