/** The runtime's HTTP interface, with the login that the editor already has. */
import * as v from 'valibot';
import { editor } from './editor-api.ts';
import {
  type CompartmentInfo,
  type CrashReport,
  crashMessageSchema,
  compartmentsSchema,
  crashesSchema,
  type LogLine,
  logSchema,
  type Plan,
  planSchema,
  type Policy,
  type SetAside,
  setAsideSchema,
} from './model.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Privilege } from '../../protocol/privilege.ts';
import { text } from './texts.ts';

export type Command = 'start' | 'stop' | 'restart' | 'rollback';

/** Every call rejects with an `Error` whose message can be shown to a person. */
export interface HouseApi {
  compartments(): Promise<CompartmentInfo[]>;
  plan(): Promise<Plan>;
  crashes(id: string): Promise<CrashReport[]>;
  /** The last lines, newest last. */
  log(id: string): Promise<LogLine[]>;
  command(id: string, command: Command): Promise<void>;
  /** The message that a node held at a crash. */
  crashMessage(id: string, report: string): Promise<unknown>;
  resend(id: string, report: string): Promise<void>;
  deleteCrash(id: string, report: string): Promise<void>;
  /** Requests that are refused, oldest first. */
  setAside(): Promise<SetAside[]>;
  release(request: string): Promise<void>;
  setLimits(id: string, limits: Limits): Promise<void>;
  setPolicy(id: string, policy: Partial<Policy>): Promise<void>;
  setPrivilege(id: string, privilege: Privilege): Promise<void>;
  /** How many writes were answered. What was asked before one and answered after it may be older than the write. */
  writes(): number;
}

const logLines = 200;
const answerWithinMs = 10_000;

export function createHouseApi(): HouseApi {
  const of = (id: string): string => `bulkhead/compartments/${encodeURIComponent(id)}`;
  let writes = 0;
  const write = async (path: string, init: RequestInit): Promise<void> => {
    await ask(path, init);
    writes += 1;
  };
  const patch = (id: string, body: object): Promise<void> =>
    write(of(id), { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    compartments: async () => v.parse(compartmentsSchema, await ask('bulkhead/compartments')),
    plan: async () => v.parse(planSchema, await ask('bulkhead/plan')),
    crashes: async (id) => v.parse(crashesSchema, await ask(`${of(id)}/crashes`)),
    log: async (id) => v.parse(logSchema, await ask(`${of(id)}/logs?lines=${logLines}`)),
    command: (id, command) => write(`${of(id)}/${command}`, { method: 'POST' }),
    crashMessage: async (id, report) =>
      v.parse(crashMessageSchema, await ask(`${of(id)}/crashes/${encodeURIComponent(report)}/message`)).message,
    resend: (id, report) => write(`${of(id)}/crashes/${encodeURIComponent(report)}/resend`, { method: 'POST' }),
    deleteCrash: (id, report) => write(`${of(id)}/crashes/${encodeURIComponent(report)}`, { method: 'DELETE' }),
    setAside: async () => v.parse(setAsideSchema, await ask('bulkhead/set-aside')),
    release: (request) => write(`bulkhead/set-aside/${encodeURIComponent(request)}`, { method: 'DELETE' }),
    setLimits: (id, limits) => patch(id, { limits }),
    setPolicy: (id, policy) => patch(id, { policy }),
    setPrivilege: (id, privilege) => patch(id, { privilege }),
    writes: () => writes,
  };
}

/** Relative to the page, so that it works behind a proxy that adds a path. */
async function ask(path: string, init: RequestInit = {}, withinMs = answerWithinMs): Promise<unknown> {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(authorization())) headers.set(name, value);
  const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(withinMs) }).catch(() => {
    throw new Error(text('problem.noAnswer'));
  });
  if (response.status === 401) throw new Error(text('problem.notAllowed'));
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Error(errorOf(body) ?? text('problem.status', { status: response.status }));
  return body;
}

const stateWithinMs = 4_000;

/** How all compartments are just now; undefined where the house does not say: it is down, or asks for a login. */
export async function statesOfHouse(): Promise<CompartmentInfo[] | undefined> {
  try {
    return v.parse(compartmentsSchema, await ask('bulkhead/compartments', {}, stateWithinMs));
  } catch {
    return undefined;
  }
}

function accessToken(): string | undefined {
  const tokens = v.safeParse(v.object({ access_token: v.string() }), editor().settings.get('auth-tokens'));
  return tokens.success ? tokens.output.access_token : undefined;
}

function authorization(): Record<string, string> {
  const token = accessToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function errorOf(body: unknown): string | undefined {
  const refusal = v.safeParse(v.object({ error: v.string() }), body);
  return refusal.success ? refusal.output.error : undefined;
}
