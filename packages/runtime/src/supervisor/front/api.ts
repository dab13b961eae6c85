import type { IncomingMessage } from 'node:http';
import type { ChildStatus, LogLine } from '../../protocol/messages.ts';
import type { Door } from '../door/door.ts';
import type { Compartment } from '../compartments/compartment.ts';
import { parsePatch } from '../compartments/compartment-patch.ts';
import type { Plan } from '../plan/partition.ts';
import type { Watched } from '../limit-watch.ts';
import type { NotWritten } from '../state-file.ts';
import { type CrashApiSource, createCrashApi } from './crash-api.ts';
import { readJson } from './read-json.ts';
import { compartmentView, processViews } from './views.ts';

export interface ApiSource extends CrashApiSource {
  readonly keeperPid: number;
  plan(): Plan;
  compartments(): ReadonlyMap<string, Compartment>;
  sample(compartmentId: string): Watched | null;
  children(): Promise<readonly ChildStatus[]>;
  logs(compartmentId: string, lines: number): Promise<readonly LogLine[]>;
  /** Answer of the namespace service. */
  uns(prefix: string): Promise<unknown>;
  /** Editor connected, and every compartment that should run does. */
  readiness(): { readonly ready: boolean; readonly waitingFor: readonly string[] };
  /** Null once the decisions made so far are on disk; else why they are not. */
  stateSaved(): Promise<NotWritten | null>;
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
  readonly allow?: string;
  readonly retryAfterS?: number;
}

interface Endpoint {
  readonly method: string;
  readonly pattern: URLPattern;
  /** Node-RED permission that a logged-in user needs; null for probes. */
  readonly permission: string | null;
  readonly answer: (id: string, url: URL, request: IncomingMessage) => Answer | Promise<Answer>;
  /** It changes what is kept of a compartment over a restart of the supervisor. */
  readonly decides?: true;
}

const stopDeadlineMs = 10_000;

/** The HTTP contract of the runtime: `/healthz`, `/readyz`, `/metrics` and everything below `/bulkhead`. */
export function createApi(
  source: ApiSource,
  door: Pick<Door, 'authorize' | 'metricsAreOpen'>,
): { find(request: IncomingMessage, url: URL): Endpoint | Answer } {
  const endpoints: Endpoint[] = [];
  const on = (method: string, pathname: string, permission: string | null, answer: Endpoint['answer']): void => {
    endpoints.push({ method, pattern: new URLPattern({ pathname }), permission, answer });
  };
  const decide = (method: string, pathname: string, answer: Endpoint['answer']): void => {
    endpoints.push({ method, pattern: new URLPattern({ pathname }), permission: 'flows.write', answer, decides: true });
  };
  const withCompartment = (
    work: (compartment: Compartment, url: URL, request: IncomingMessage) => Answer | Promise<Answer>,
  ): Endpoint['answer'] => {
    return (id, url, request) => {
      const compartment = source.compartments().get(id);
      return compartment
        ? work(compartment, url, request)
        : { status: 404, body: { error: `there is no compartment "${id}"` } };
    };
  };
  const view = (compartment: Compartment) => compartmentView(compartment, source.sample(compartment.id));

  on('GET', '/healthz', null, () => ({ status: 200, body: { status: 'ok' } }));
  on('GET', '/readyz', null, async (_id, _url, request) => {
    const { ready, waitingFor } = source.readiness();
    // A probe needs no login; what runs here is told to those only who may see it.
    const names = (await door.authorize(request, 'flows.read')) ? { waitingFor } : {};
    return { status: ready ? 200 : 503, body: { ready, ...names } };
  });
  on('GET', '/metrics', door.metricsAreOpen ? null : 'metrics.read', async () => {
    const { text, contentType } = await source.metrics();
    return { status: 200, body: text, contentType };
  });
  on('GET', '/bulkhead/compartments', 'flows.read', () => ({
    status: 200,
    body: [...source.compartments().values()].map(view),
  }));
  on(
    'GET',
    '/bulkhead/compartments/:id',
    'flows.read',
    withCompartment((compartment) => ({ status: 200, body: view(compartment) })),
  );
  decide(
    'PATCH',
    '/bulkhead/compartments/:id',
    withCompartment(async (compartment, _url, request) => {
      const body = await readJson(request);
      if (!body.ok) return { status: body.status, body: { error: body.message } };
      const wanted = parsePatch(body.value);
      if (!wanted.ok) return { status: 400, body: { error: wanted.message } };
      const { limits, policy, privilege } = wanted.patch;
      if (Object.keys(limits).length > 0) compartment.setLimits({ ...compartment.limits, ...limits });
      if (Object.keys(policy).length > 0) compartment.setPolicy({ ...compartment.policy, ...policy });
      if (Object.keys(privilege).length > 0) compartment.setPrivilege({ ...compartment.privilege, ...privilege });
      return { status: 200, body: view(compartment) };
    }),
  );
  decide(
    'POST',
    '/bulkhead/compartments/:id/start',
    withCompartment((compartment) => {
      if (compartment.state.kind === 'running') return { status: 409, body: { error: 'it is running already' } };
      compartment.start();
      return { status: 202, body: view(compartment) };
    }),
  );
  decide(
    'POST',
    '/bulkhead/compartments/:id/stop',
    withCompartment((compartment) => {
      if (compartment.state.kind === 'stopped') return { status: 409, body: { error: 'it is stopped already' } };
      void compartment.putDown(stopDeadlineMs);
      return { status: 202, body: view(compartment) };
    }),
  );
  decide(
    'POST',
    '/bulkhead/compartments/:id/restart',
    withCompartment((compartment) => {
      void compartment.restart(stopDeadlineMs);
      return { status: 202, body: view(compartment) };
    }),
  );
  decide(
    'POST',
    '/bulkhead/compartments/:id/rollback',
    withCompartment((compartment) => {
      if (!compartment.rollback()) return { status: 409, body: { error: 'there are no earlier flows that lived' } };
      return { status: 202, body: view(compartment) };
    }),
  );
  on(
    'GET',
    '/bulkhead/compartments/:id/logs',
    'flows.read',
    withCompartment(async (compartment, url) => {
      const lines = Number(url.searchParams.get('lines') ?? '100');
      if (!Number.isInteger(lines) || lines < 1)
        return { status: 400, body: { error: 'lines: a whole number of at least 1' } };
      return { status: 200, body: await source.logs(compartment.id, Math.min(lines, 1_000)) };
    }),
  );
  on(
    'GET',
    '/bulkhead/compartments/:id/crashes',
    'flows.read',
    withCompartment((compartment) => ({ status: 200, body: compartment.crashes })),
  );
  const crashApi = createCrashApi(source);
  const withCrash = (work: (compartment: Compartment, crash: string) => Answer | Promise<Answer>): Endpoint['answer'] =>
    withCompartment((compartment, url) => work(compartment, decode(url.pathname.split('/')[5] ?? '')));
  const crashPath = '/bulkhead/compartments/:id/crashes/:crash';
  on('GET', `${crashPath}/message`, 'flows.read', withCrash(crashApi.message));
  on('POST', `${crashPath}/resend`, 'flows.write', withCrash(crashApi.resend));
  on('DELETE', crashPath, 'flows.write', withCrash(crashApi.remove));
  on('GET', '/bulkhead/set-aside', 'flows.read', () => ({ status: 200, body: source.poison.setAside }));
  on('DELETE', '/bulkhead/set-aside/:id', 'flows.write', (id) =>
    source.poison.release(id)
      ? { status: 200, body: { ok: true } }
      : { status: 404, body: { error: `there is no request "${id}" that was set aside` } },
  );
  on('GET', '/bulkhead/processes', 'flows.read', async () => ({
    status: 200,
    body: processViews(source.keeperPid, await source.children()),
  }));
  on('GET', '/bulkhead/plan', 'flows.read', () => ({ status: 200, body: source.plan() }));
  on('GET', '/bulkhead/uns', 'flows.read', async (_id, url) => ({
    status: 200,
    body: await source.uns(url.searchParams.get('prefix') ?? ''),
  }));

  return {
    find(request, url) {
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
      const here = endpoints.filter((endpoint) => endpoint.pattern.test({ pathname: url.pathname }));
      if (here.length === 0) return { status: 404, body: { error: `there is nothing at ${url.pathname}` } };
      const match = here.find((endpoint) => endpoint.method === method);
      if (!match)
        return {
          status: 405,
          body: { error: `${method} is not offered here` },
          allow: here.map((endpoint) => endpoint.method).join(', '),
        };
      return {
        ...match,
        answer: async (_id, target, incoming) => {
          const id = match.pattern.exec({ pathname: url.pathname })?.pathname.groups['id'] ?? '';
          const answer = await match.answer(decode(id), target, incoming);
          // What was answered is kept, also when the supervisor is killed the moment after.
          const notWritten = match.method === 'GET' ? null : await source.stateSaved();
          return notWritten && match.decides && answer.status < 300 ? notKept(notWritten) : answer;
        },
      };
    },
  };
}

const noRoom = new Set(['ENOSPC', 'EDQUOT']);

/** A person must be able to stop the tab that fills the disk: what was decided holds, and is told apart from what is kept. */
function notKept({ code, message }: NotWritten): Answer {
  const todo = noRoom.has(code) ? 'make room there' : 'see to it that it can be written';
  return {
    status: noRoom.has(code) ? 507 : 500,
    body: {
      error: `it is done, but holds only until the supervisor is restarted: ${message}; ${todo}, and it is kept`,
    },
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
