/** Which requests a compartment answers, so that the front can find the one that serves a path. Pure. */
import type { ExpressLayer } from '../node-red/internals.ts';
import type { FlowNode, Route } from '../protocol/messages.ts';

/** Layers that every express app has: no routes of a flow. */
const builtIn = new Set(['query', 'expressInit']);

/**
 * Routes from an express 4 router, in its order and without doubles. Middleware that is mounted on `/` is left out:
 * it would claim every path of the house.
 */
export function routesOfApp(stack: readonly ExpressLayer[]): Route[] {
  const routes: Route[] = [];
  for (const layer of stack) {
    if (builtIn.has(layer.name) || layer.regexp.fast_slash === true) continue;
    const methods = layer.route === undefined ? [] : methodsOf(layer.route.methods);
    routes.push({ kind: 'pattern', methods, regexp: layer.regexp.source, flags: layer.regexp.flags });
  }
  return withoutDoubles(routes);
}

/** In lower case, as express has them; none means all. A route for GET answers HEAD as well. */
function methodsOf(methods: Readonly<Record<string, boolean>>): string[] {
  if (methods['_all'] === true) return [];
  const names = Object.keys(methods);
  return names.includes('get') && !names.includes('head') ? [...names, 'head'] : names;
}

/**
 * Routes that no router knows, because they are taken from the server's `upgrade` and `request` events: websocket
 * listeners and the socket.io of dashboards.
 */
export function routesOfNodes(flows: readonly FlowNode[]): Route[] {
  const routes: Route[] = [];
  for (const node of flows) {
    if (node['d'] === true) continue;
    const path = node['path'];
    if (node.type === 'websocket-listener' && typeof path === 'string' && !/^wss?:/i.test(path)) {
      routes.push({ kind: 'prefix', path: rooted(path) });
    }
    if (node.type === 'ui-base')
      routes.push({ kind: 'prefix', path: rooted(typeof path === 'string' ? path : '/dashboard') });
    if (node.type === 'ui_base') routes.push({ kind: 'prefix', path: '/ui' });
  }
  return withoutDoubles(routes);
}

const rooted = (path: string): string => `/${path.replace(/^\/+/, '').replace(/\/+$/, '')}`;

function withoutDoubles(routes: readonly Route[]): Route[] {
  const seen = new Set<string>();
  return routes.filter((route) => {
    const key = JSON.stringify(route);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
