import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { passedOnHeader } from '../../protocol/passport.ts';
import type { Door } from '../door/door.ts';
import type { Poison } from '../crashes/poison.ts';
import type { Suspect } from '../crashes/suspect-file.ts';
import { type Answer, createApi, type ApiSource } from './api.ts';
import { createForwarder } from './forward.ts';
import { handOn, type Kept, keepBody } from './hand-on.ts';
import { checkHost, type HostRule, type HostVerdict } from './host-check.ts';
import {
  type CompartmentRoutes,
  type DashboardPath,
  type Destination,
  type FlowDestination,
  route,
  routeUpgrade,
} from './routing.ts';

export interface FrontOptions extends HostRule {
  readonly port: number;
  readonly api: ApiSource;
  readonly poison: Poison;
  readonly editorSocket: string;
  routes(): Iterable<CompartmentRoutes>;
  dashboards(): readonly DashboardPath[];
  /** Some tabs have not said yet what they serve, but will. */
  routesAreComing(): boolean;
  readonly door: Door;
  log(line: string): void;
}

export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/** The one door of the house: its own API, and a proxy to the editor and to the compartments that serve HTTP. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { door } = options;
  const api = createApi(options.api, door);
  const forwarder = createForwarder();

  const noAnswer = (request: IncomingMessage, destination: Destination, error: Error): void =>
    options.log(`${request.method} ${pathOf(request)}: no answer from ${nameOf(destination)}: ${error.message}`);

  /** What runs in a compartment is a flow's, and open to whom the flow lets in; all else is the house's. */
  const admits = (destination: Destination, { headers }: IncomingMessage): HostVerdict =>
    isFlows(destination) ? { ok: true } : checkHost(options, headers.host, headers.origin);

  const failing =
    (request: IncomingMessage, response: ServerResponse, destination: Destination) =>
    (error: Error): void => {
      noAnswer(request, destination, error);
      // Half an answer cannot be taken back: cutting it off is what tells the client.
      if (response.headersSent) response.destroy();
      else answer(response, { status: 503, body: { error: awayText(destination) } });
    };

  const toFlow = async (
    request: IncomingMessage,
    response: ServerResponse,
    destination: FlowDestination,
    kept: readonly Buffer[] | null = null,
  ): Promise<void> => {
    if (destination.kind === 'away') return answer(response, { status: 503, body: { error: awayText(destination) } });
    const handed = await handOn(options.poison, request, kept);
    if (handed.kind === 'refused') return answer(response, refusal(handed.suspect));
    const { number, body, answered } = handed;
    const failed = failing(request, response, destination);
    forwarder.web(request, response, { socketPath: destination.socketPath, number, body, answered, failed });
    return handed.started();
  };

  const toEditor = async (
    request: IncomingMessage,
    response: ServerResponse,
    destination: Exclude<Destination, FlowDestination | { kind: 'own' }>,
  ): Promise<void> => {
    const flow = destination.kind === 'editor' ? destination.orElse : null;
    const early = destination.kind === 'unknown' && options.routesAreComing();
    const kept: Kept = flow === null ? { whole: null, body: request } : await keepBody(request);
    const instead = (answered: IncomingMessage): boolean => {
      if (flow !== null && kept.whole !== null && answered.headers[passedOnHeader] !== undefined) {
        toFlow(request, response, flow, kept.whole).catch((error: unknown) => broken(request, response, error));
        return true;
      }
      // What nobody is known to serve goes to the editor; its 404 would be wrong of a tab that is on its way up.
      if (answered.statusCode !== 404 || !early) return false;
      answer(response, comeAgain);
      return true;
    };
    const body = kept.whole === null ? kept.body : Readable.from(kept.whole);
    const failed = failing(request, response, destination);
    forwarder.web(request, response, { socketPath: options.editorSocket, body, instead, failed });
  };

  const broken = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
    options.log(`${request.method} ${pathOf(request)}: ${error instanceof Error ? error.message : String(error)}`);
    if (response.headersSent) response.destroy();
    else answer(response, { status: 500, body: { error: 'this request failed; the log of the supervisor says why' } });
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const destination = route(request.method ?? 'GET', pathOf(request), options.routes(), options.dashboards());
    const verdict = admits(destination, request);
    if (!verdict.ok) {
      // It may be meant for a flow that has not said yet what it serves.
      if (destination.kind === 'unknown' && options.routesAreComing()) return answer(response, comeAgain);
      return answer(response, { status: verdict.status, body: { error: verdict.message } });
    }
    if (isFlows(destination)) return toFlow(request, response, destination);
    const waitS = door.enter(request, response);
    if (waitS !== null) {
      const error = `too many failed logins: try again in ${waitS} s`;
      return answer(response, { status: 429, body: { error }, retryAfterS: waitS });
    }
    if (destination.kind !== 'own') return toEditor(request, response, destination);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const found = api.find(request, url);
    if ('status' in found) return answer(response, found);
    if (found.permission !== null && !(await door.authorize(request, found.permission))) {
      return answer(response, {
        status: 401,
        body: { error: 'log in first: send the access token as "Authorization: Bearer TOKEN"' },
      });
    }
    answer(response, await found.answer('', url, request));
  };

  const server = createServer((request, response) => {
    request.on('error', () => response.destroy());
    request.url = originForm(request.url ?? '/');
    serve(request, response).catch((error: unknown) => broken(request, response, error));
  });
  /** The server itself forgets connections that became WebSockets, and waits for them when it closes. */
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    request.url = originForm(request.url ?? '/');
    const destination = routeUpgrade(pathOf(request), options.routes(), options.dashboards());
    if (!admits(destination, request).ok || destination.kind === 'own') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    if (destination.kind === 'away') {
      socket.end(unavailable);
      return;
    }
    const socketPath = destination.kind === 'compartment' ? destination.socketPath : options.editorSocket;
    forwarder.upgrade(request, socket, head, {
      socketPath,
      failed(error) {
        noAnswer(request, destination, error);
        socket.end(unavailable);
      },
    });
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  await listening(server, options.port, options.boundTo);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
        forwarder.close();
      }),
  };
}

const isFlows = (destination: Destination): destination is FlowDestination =>
  destination.kind === 'compartment' || destination.kind === 'away';

const comeAgain: Answer = {
  status: 503,
  body: { error: 'the flows are still being started' },
  retryAfterS: 1,
};

function refusal({ id, kills }: Suspect): Answer {
  const error = `this request was set aside: it ended its compartment ${kills} times; it may pass once it is released`;
  return { status: 503, body: { error, setAside: id } };
}

const unavailable = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n';

const awayText = (destination: Destination): string =>
  `${nameOf(destination)} does not answer just now; it is being restarted`;

function nameOf(destination: Destination): string {
  return 'compartmentId' in destination ? `compartment ${destination.compartmentId}` : 'the editor';
}

/** What is asked as a proxy is asked, with the whole address, is asked of this server all the same. */
function originForm(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') || path === '*' ? path : `/${path}`;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function answer(response: ServerResponse, { status, body, contentType, allow, retryAfterS }: Answer): void {
  if (response.destroyed) return;
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': contentType ?? 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(allow ? { allow } : {}),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
