/**
 * Buttons and dialogs of running nodes. Node files add admin routes to the editor process, where no node runs; a
 * request that names a node is forwarded to the compartment that runs it.
 */
import type { ServerResponse } from 'node:http';
import type { AdminRequest, ExpressApp, ExpressRoute, Handler, MountedLayer } from '../node-red/internals.ts';
import { isExpressApp, isExpressRouter } from '../node-red/express-parts.ts';
import type { ForwardedRequest, ForwardedResponse } from '../protocol/messages.ts';
import { answerLocally } from './local-answer.ts';
import { nodesNamedBy } from './named-nodes.ts';
import { bodyOf, keepBody } from './request-body.ts';

export interface AdminForwarding {
  /** Is this the id of a node of the flows as deployed, or of one inside a subflow? */
  isNode(id: string): boolean;
  forward(nodeIds: readonly string[], request: ForwardedRequest): Promise<ForwardedResponse>;
}

const verbs = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options', 'all'] as const;

/**
 * Replaces the last handler of each route that is added from now on; all others stay before it, so each route's own
 * permission check runs here, where the logins are. Call between init and start.
 */
export function forwardAdminRoutes(app: ExpressApp, forwarding: AdminForwarding): void {
  for (const verb of verbs) {
    const add = app[verb].bind(app);
    app[verb] = (path, ...handlers) => add(path, ...withLastForwarded(handlers.flat(), forwarding));
  }
  forwardRouter(app, forwarding);
}

/** Of the shape that `httpAdminMiddleware` wants. It runs before every parser. */
export function keepBodies({ isNode }: Pick<AdminForwarding, 'isNode'>): Handler {
  return (request, _response, next) => {
    if (nodesNamedBy(request, isNode).length > 0) keepBody(request);
    return next();
  };
}

/** What apps and routers have in common; a router's verbs all go through its `route`. */
function forwardRouter(router: Pick<ExpressApp, 'use' | 'route' | 'param'>, forwarding: AdminForwarding): void {
  const { use, route, param } = router;
  router.use = (...args) =>
    Reflect.apply(
      use,
      router,
      args.map((arg) => middleware(arg, forwarding)),
    );
  router.route = (path) => forwardRoute(Reflect.apply(route, router, [path]), forwarding);
  // A check of the parameter would look for the node here, and say that there is none.
  router.param = (name, check) =>
    Reflect.apply(param, router, [
      name,
      (...args: Parameters<typeof check>) => (forwarding.isNode(args[3]) ? args[2]() : check(...args)),
    ]);
}

function forwardRoute(route: ExpressRoute, forwarding: AdminForwarding): ExpressRoute {
  for (const verb of verbs) {
    const add = route[verb].bind(route);
    route[verb] = (...handlers) => add(...withLastForwarded(handlers.flat(), forwarding));
  }
  return route;
}

/** An error handler has four parameters and answers nothing but errors. */
const isErrorHandler = (handler: Handler): boolean => handler.length > 3;

function withLastForwarded(handlers: readonly Handler[], forwarding: AdminForwarding): Handler[] {
  const last = handlers.findLastIndex((handler) => typeof handler === 'function' && !isErrorHandler(handler));
  return handlers.map((handler, place) => (place === last ? forwardOr(handler, forwarding) : handler));
}

function middleware(given: unknown, forwarding: AdminForwarding): unknown {
  if (Array.isArray(given)) return given.map((one: unknown) => middleware(one, forwarding));
  if (isExpressApp(given)) {
    for (const layer of given._router?.stack ?? []) forwardLayer(layer, forwarding);
    forwardAdminRoutes(given, forwarding);
    return given;
  }
  if (isExpressRouter(given)) {
    for (const layer of given.stack) forwardLayer(layer, forwarding);
    forwardRouter(given, forwarding);
    return given;
  }
  return isHandler(given) && !isErrorHandler(given) ? forwardAnswer(given, forwarding) : given;
}

const isHandler = (given: unknown): given is Handler => typeof given === 'function';

/** Of a router that was made before it was mounted. */
function forwardLayer(layer: MountedLayer, forwarding: AdminForwarding): void {
  if (layer.route === undefined) {
    const { handle } = layer;
    // Of express itself, in every app.
    if (layer.name === 'query' || layer.name === 'expressInit') return;
    const replaced = middleware(handle, forwarding);
    if (isHandler(replaced)) layer.handle = replaced;
    return;
  }
  const { stack } = layer.route;
  for (const method of new Set(stack.map((entry) => entry.method))) {
    const last = stack.findLast((entry) => entry.method === method && !isErrorHandler(entry.handle));
    if (last !== undefined) last.handle = forwardOr(last.handle, forwarding);
  }
}

function forwardOr(local: Handler, forwarding: AdminForwarding): Handler {
  return (request, response, next) => {
    const nodeIds = nodesNamedBy(request, forwarding.isNode);
    if (nodeIds.length === 0) return local(request, response, next);
    void forward(nodeIds, request, response, forwarding, () => local(request, response, next));
    return undefined;
  };
}

const refusals = new Set([401, 403]);

/** For what was given to `use`: it may check a login, parse a body or answer. Only an answer is taken from it. */
function forwardAnswer(local: Handler, forwarding: AdminForwarding): Handler {
  return (request, response, next) => {
    const nodeIds = nodesNamedBy(request, forwarding.isNode);
    if (nodeIds.length === 0) return local(request, response, next);
    void answerLocally(local, request, response).then((taken) => {
      if (taken.kind === 'passed-on') return next(taken.error);
      if (refusals.has(taken.status)) return void response.writeHead(taken.status).end();
      return forward(nodeIds, request, response, forwarding, () => local(request, response, next));
    });
    return undefined;
  };
}

async function forward(
  nodeIds: readonly string[],
  request: AdminRequest,
  response: ServerResponse,
  forwarding: AdminForwarding,
  local: () => unknown,
): Promise<void> {
  try {
    const answer = await forwarding.forward(nodeIds, await toForwarded(request));
    // A dialog's question that any node of the type may answer, asked where no such node runs.
    if (answer.noRoute) return void local();
    response.writeHead(answer.status, withoutTransport(answer, request.method === 'HEAD'));
    response.end(answer.body);
  } catch (error) {
    const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 503;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(error instanceof Error ? error.message : String(error));
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
  const body = await bodyOf(request);
  return {
    method: request.method ?? 'GET',
    url: request.originalUrl,
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

function withoutTransport({ headers, body }: ForwardedResponse, isHead: boolean): Record<string, string> {
  const { connection: _c, 'transfer-encoding': _t, 'content-length': length, ...rest } = headers;
  if (length === undefined) return rest;
  return { ...rest, 'content-length': isHead ? length : String(body.byteLength) };
}
