import type { Route } from '../../protocol/messages.ts';

/** What one compartment serves over HTTP. */
export interface CompartmentRoutes {
  readonly compartmentId: string;
  readonly socketPath: string;
  readonly routes: readonly Route[];
}

/**
 * Where the plan says that a dashboard is served. A process that had it before still has its routes and its socket, and
 * pages would come back to it.
 */
export interface DashboardPath {
  readonly compartmentId: string;
  readonly path: string;
}

export type Destination =
  | { readonly kind: 'own' }
  | { readonly kind: 'editor' }
  /** Nobody is known to serve it; where the editor has such a route, it is an admin route of a palette. */
  | { readonly kind: 'unknown' }
  /** Its compartment does not answer just now. */
  | { readonly kind: 'away'; readonly compartmentId: string }
  | { readonly kind: 'compartment'; readonly compartmentId: string; readonly socketPath: string };

/** First path segments that belong to the Node-RED editor and its admin API, as in stock Node-RED, where they come first. */
const editorSegments = new Set([
  'auth',
  'comms',
  'context',
  'credentials',
  'debug',
  'diagnostics',
  'flow',
  'flows',
  'icons',
  'inject',
  'library',
  'locales',
  'nodes',
  'plugins',
  'projects',
  'red',
  'resources',
  'settings',
  'types',
  'vendor',
  'favicon.ico',
]);

const ownPaths = new Set(['/healthz', '/readyz', '/metrics']);

/** Who answers a request: the front itself, the compartment that owns the route, the editor, or the editor if anybody. */
export function route(
  method: string,
  path: string,
  compartments: Iterable<CompartmentRoutes>,
  dashboards: readonly DashboardPath[] = [],
): Destination {
  if (ownPaths.has(path) || path === '/bulkhead' || path.startsWith('/bulkhead/')) return { kind: 'own' };
  if (path === '/' || editorSegments.has(path.split('/', 2)[1] ?? '')) return { kind: 'editor' };
  const all = [...compartments];
  const dashboard = dashboards.find((one) => isBelow(path, one.path));
  const found = all.find((one) =>
    dashboard ? one.compartmentId === dashboard.compartmentId : one.routes.some((entry) => serves(entry, method, path)),
  );
  if (found) return { kind: 'compartment', compartmentId: found.compartmentId, socketPath: found.socketPath };
  if (dashboard) return { kind: 'away', compartmentId: dashboard.compartmentId };
  return { kind: 'unknown' };
}

const isBelow = (path: string, top: string): boolean =>
  path === top || path.startsWith(top.endsWith('/') ? top : `${top}/`);

function serves(entry: Route, method: string, path: string): boolean {
  if (entry.kind === 'prefix') return isBelow(path, entry.path);
  if (entry.methods.length > 0 && !entry.methods.includes(method.toLowerCase()) && method !== 'OPTIONS') return false;
  return new RegExp(entry.regexp, entry.flags).test(path);
}
