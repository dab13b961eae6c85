/**
 * Buttons and dialogs of running nodes. Node files add admin routes to the editor process, where no node runs; a
 * request that names a node is forwarded to the compartment that runs it.
 */
import type { ServerResponse } from 'node:http';
import type { AdminRequest, ExpressApp, Handler, RouteMethod } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import type { ForwardedRequest, ForwardedResponse } from '../protocol/messages.ts';

export interface AdminForwarding {
  /** Is this the id of a node of the flows as deployed? */
  isNode(id: string): boolean;
  forward(nodeIds: readonly string[], request: ForwardedRequest): Promise<ForwardedResponse>;
}

const methods: readonly RouteMethod[] = ['get', 'post', 'put', 'delete', 'patch'];
const maxBodyBytes = 5 * 1024 * 1024;

/**
 * Replaces the last handler of each route that is added from now on; all others stay before it, so each route's own
 * permission check runs here, where the logins are. Call between init and start.
 */
export function forwardAdminRoutes(app: ExpressApp, forwarding: AdminForwarding): void {
  for (const method of methods) {
    const add = app[method].bind(app);
    app[method] = (path, ...handlers) => {
      const flat = handlers.flat();
      const last = flat.pop();
      // `app.get('a setting')` is express's reading of settings.
      if (last === undefined) return add(path);
      return add(path, ...flat, forwardOr(last, forwarding));
    };
  }
}

function forwardOr(local: Handler, { isNode, forward }: AdminForwarding): Handler {
  return (request, response, next) => {
    const nodeIds = nodeIdsOf(request, isNode);
    if (nodeIds.length === 0) return local(request, response, next);
    void toForwarded(request)
      .then((forwarded) => forward(nodeIds, forwarded))
      .then(
        (answer) => {
          response.writeHead(answer.status, withoutTransport(answer.headers));
          response.end(answer.body);
        },
        (error: unknown) => refuse(response, error),
      );
    return undefined;
  };
}

/** Node ids in the path, or in `body.nodes` as the debug node's route for several nodes has it. */
export function nodeIdsOf(request: Pick<AdminRequest, 'url' | 'body'>, isNode: (id: string) => boolean): string[] {
  const segments = (request.url ?? '').split('?', 1)[0]?.split('/').map(decode) ?? [];
  const listed = isRecord(request.body) && Array.isArray(request.body['nodes']) ? request.body['nodes'] : [];
  const candidates = [...segments, ...listed.filter((id) => typeof id === 'string')];
  return [...new Set(candidates)].filter((id) => id !== '' && isNode(id));
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Headers that belong to the login, to this connection, or to a body that was parsed already. */
const ownHeaders = new Set([
  'authorization',
  'cookie',
  'connection',
  'host',
  'content-length',
  'transfer-encoding',
  'upgrade',
]);

async function toForwarded(request: AdminRequest): Promise<ForwardedRequest> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !ownHeaders.has(name)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const body = request.readableEnded || request.complete ? request.body : await readBody(request);
  return { method: request.method ?? 'GET', url: request.url ?? '/', headers, ...(body === undefined ? {} : { body }) };
}

/** A body that no parser took, such as an upload. */
async function readBody(request: AdminRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const parts: AsyncIterable<unknown> = request;
  for await (const part of parts) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > maxBodyBytes) throw Object.assign(new Error('the request is too large to forward'), { status: 413 });
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function withoutTransport(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { connection: _c, 'transfer-encoding': _t, 'content-length': _l, ...rest } = headers;
  return rest;
}

function refuse(response: ServerResponse, error: unknown): void {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 503;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(error instanceof Error ? error.message : String(error));
}
