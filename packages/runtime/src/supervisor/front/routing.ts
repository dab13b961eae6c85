import type { Route } from '../../protocol/messages.ts';
import { isHousePath } from '../plan/house-paths.ts';

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

/** A flow's. */
export type FlowDestination =
  /** Its compartment does not answer just now. */
  | { readonly kind: 'away'; readonly compartmentId: string }
  | { readonly kind: 'compartment'; readonly compartmentId: string; readonly socketPath: string };

export type Destination =
  | { readonly kind: 'own' }
  /** `orElse`: whose it is where the editor serves nothing there. */
  | { readonly kind: 'editor'; readonly orElse: FlowDestination | null }
  /** Nobody is known to serve it; where the editor has such a route, it is an admin route of a palette. */
  | { readonly kind: 'unknown' }
  | FlowDestination;

/**
 * First path segments of the Node-RED editor and its admin API. It is asked first, as in stock Node-RED; what it does not
 * serve may be a flow's.
 */
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

/** Who answers a request: the front itself, the editor, the compartment that owns the route, or the editor if anybody. */
export function route(
  method: string,
  path: string,
  compartments: Iterable<CompartmentRoutes>,
  dashboards: readonly DashboardPath[] = [],
): Destination {
  if (isHousePath(path)) return { kind: 'own' };
  const flow = flowAt(method, path, compartments, dashboards);
  if (path === '/' || editorSegments.has(path.split('/', 2)[1] ?? '')) return { kind: 'editor', orElse: flow };
  return flow ?? { kind: 'unknown' };
}

/** Of all paths the editor has a websocket at one. */
export function routeUpgrade(
  path: string,
  compartments: Iterable<CompartmentRoutes>,
  dashboards: readonly DashboardPath[] = [],
): Destination {
  if (isHousePath(path)) return { kind: 'own' };
  if (path === '/comms') return { kind: 'editor', orElse: null };
  return flowAt('GET', path, compartments, dashboards) ?? { kind: 'unknown' };
}

function flowAt(
  method: string,
  path: string,
  compartments: Iterable<CompartmentRoutes>,
  dashboards: readonly DashboardPath[],
): FlowDestination | null {
  const all = [...compartments];
  const dashboard = dashboards.find((one) => isBelow(path, one.path));
  const found = all.find((one) =>
    dashboard ? one.compartmentId === dashboard.compartmentId : one.routes.some((entry) => serves(entry, method, path)),
  );
  if (found) return { kind: 'compartment', compartmentId: found.compartmentId, socketPath: found.socketPath };
  return dashboard ? { kind: 'away', compartmentId: dashboard.compartmentId } : null;
}

const isBelow = (path: string, top: string): boolean =>
  path === top || path.startsWith(top.endsWith('/') ? top : `${top}/`);

function serves(entry: Route, method: string, path: string): boolean {
  if (entry.kind === 'prefix') return isBelow(path, entry.path);
  if (entry.methods.length > 0 && !entry.methods.includes(method.toLowerCase()) && method !== 'OPTIONS') return false;
  return new RegExp(entry.regexp, entry.flags).test(path);
}
