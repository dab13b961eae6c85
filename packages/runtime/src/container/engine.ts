/**
 * The part of the Docker Engine API that a container launcher needs, over the engine's unix socket; Podman's
 * Docker-compatible API answers the same. Paths carry no version: the engine then speaks its own newest one, and what
 * is used here has not changed since 1.25.
 */
import { type IncomingMessage, request } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import * as v from 'valibot';
import type { CreateRequest } from './create-request.ts';

/** What the engine, or the way to it, said. `status` is null where it did not answer at all. */
export class EngineError extends Error {
  readonly status: number | null;
  readonly retryable: boolean;

  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.retryable = status === null || status >= 500;
  }
}

export interface ContainerState {
  readonly running: boolean;
  /** Of its first process, as this machine counts; 0 when it does not run. */
  readonly pid: number;
  readonly exitCode: number;
  /** The kernel ended a process of the container for want of memory. */
  readonly oomKilled: boolean;
  /** Of this machine in the container's network; empty in that of the host. */
  readonly gateway: string;
  /** What the engine says of a container that it could not start. */
  readonly error: string;
}

export interface Engine {
  /** Answers with the id. */
  create(name: string, container: CreateRequest): Promise<string>;
  /** Its output as the engine multiplexes it; of everything that is printed after the answer. */
  attach(id: string): Promise<Readable>;
  start(id: string): Promise<void>;
  kill(id: string, signal: NodeJS.Signals): Promise<void>;
  /** Resolves once it has ended, however long that takes. */
  wait(id: string): Promise<void>;
  /** Null when there is no such container. */
  inspect(id: string): Promise<ContainerState | null>;
  /** Ends it if need be; does nothing where there is none. */
  remove(id: string): Promise<void>;
  /** Ids of all containers, ended ones too, with these labels. */
  withLabels(labels: Readonly<Record<string, string>>): Promise<readonly string[]>;
}

const answerLimitMs = 30_000;
const maxAnswerBytes = 4 * 1024 * 1024;

const createdSchema = v.object({ Id: v.string() });
const listSchema = v.array(v.object({ Id: v.string() }));
const faultSchema = v.object({ message: v.string() });
const inspectSchema = v.object({
  State: v.object({
    Running: v.boolean(),
    Pid: v.optional(v.number(), 0),
    ExitCode: v.number(),
    OOMKilled: v.optional(v.boolean(), false),
    Error: v.optional(v.string(), ''),
  }),
  NetworkSettings: v.optional(
    v.object({
      Networks: v.nullish(v.record(v.string(), v.nullable(v.object({ Gateway: v.optional(v.string(), '') })))),
    }),
  ),
});

export function connectEngine(socketPath: string): Engine {
  const unreachable = (error: Error): EngineError => {
    const why = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
    return new EngineError(
      `the container engine at ${socketPath} does not answer (${why}): start it, or set "container.engine" in bulkhead.yaml`,
      null,
      error,
    );
  };

  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    {
      body,
      fine = [],
      limitMs = answerLimitMs,
    }: { body?: unknown; fine?: readonly number[]; limitMs?: number | null } = {},
  ): Promise<{ readonly status: number; readonly value: unknown }> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = body === undefined ? '' : JSON.stringify(body);
    const headers = { host: 'engine', 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) };
    const asked = request({ socketPath, method, path, headers, agent: false }, resolve);
    asked.on('error', (error) => reject(unreachable(error)));
    const tooLate = (ms: number): void => void asked.destroy(new Error(`no answer within ${ms / 1000} s`));
    const late = limitMs === null ? undefined : setTimeout(tooLate, limitMs, limitMs);
    asked.end(sent);
    try {
      const answer = await promise;
      const text = await textOf(answer).catch((error: Error) => Promise.reject(unreachable(error)));
      const status = answer.statusCode ?? 0;
      const value = parsed(text);
      if (status < 300 || status === 304 || fine.includes(status)) return { status, value };
      const fault = v.safeParse(faultSchema, value);
      const said = fault.success ? fault.output.message : text.slice(0, 500);
      throw new EngineError(`the container engine refuses ${method} ${path.split('?', 1)[0]}: ${said}`, status);
    } finally {
      clearTimeout(late);
    }
  };

  return {
    create: async (name, container) => {
      const path = `/containers/create?name=${encodeURIComponent(name)}`;
      return v.parse(createdSchema, (await call('POST', path, { body: container })).value).Id;
    },
    attach: (id) =>
      new Promise((resolve, reject) => {
        const asked = request({
          socketPath,
          method: 'POST',
          path: `/containers/${id}/attach?stream=1&stdout=1&stderr=1`,
          headers: { host: 'engine', connection: 'Upgrade', upgrade: 'tcp', 'content-length': 0 },
          agent: false,
        });
        asked.on('error', (error) => reject(unreachable(error)));
        asked.on('upgrade', (_answer, socket: Duplex, head: Buffer) => {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
        asked.on('response', (answer) => {
          if (answer.statusCode === 200) return resolve(answer);
          answer.resume();
          reject(
            new EngineError(`the container engine refuses to attach: ${answer.statusCode}`, answer.statusCode ?? 0),
          );
        });
        asked.end();
      }),
    start: async (id) => void (await call('POST', `/containers/${id}/start`)),
    // 404 and 409: it has just ended.
    kill: async (id, signal) =>
      void (await call('POST', `/containers/${id}/kill?signal=${signal}`, { fine: [404, 409] })),
    wait: async (id) => void (await call('POST', `/containers/${id}/wait`, { limitMs: null })),
    async inspect(id) {
      const { status, value } = await call('GET', `/containers/${id}/json`, { fine: [404] });
      if (status === 404) return null;
      const { State, NetworkSettings } = v.parse(inspectSchema, value);
      const { Running, Pid, ExitCode, OOMKilled, Error: error } = State;
      const networks = Object.values(NetworkSettings?.Networks ?? {});
      const gateway = networks.find((network) => network?.Gateway)?.Gateway ?? '';
      return { running: Running, pid: Pid, exitCode: ExitCode, oomKilled: OOMKilled, error, gateway };
    },
    // 409: somebody else removes it already.
    remove: async (id) =>
      void (await call('DELETE', `/containers/${encodeURIComponent(id)}?force=true&v=true`, { fine: [404, 409] })),
    async withLabels(labels) {
      const filters = JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) });
      const { value } = await call('GET', `/containers/json?all=true&filters=${encodeURIComponent(filters)}`);
      return v.parse(listSchema, value).map(({ Id }) => Id);
    },
  };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const parts: AsyncIterable<Buffer> = answer;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > maxAnswerBytes) throw new Error(`an answer of more than ${maxAnswerBytes} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
