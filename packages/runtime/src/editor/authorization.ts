/** Whether a token may do something is answered by Node-RED's own permission check, whatever way people log in. */
import { dispatchToApp } from '../node-red/app-dispatch.ts';
import type { Handler, NodeRedApplication } from '../node-red/internals.ts';

const path = '/bulkhead-authorized';

/** Adds the route that `isAuthorized` asks; it tells its caller nothing but what the caller may do. */
export function authorizationRoute(red: NodeRedApplication): void {
  const check: Handler = (request, response, next) => {
    const permission = new URL(request.url ?? '/', 'http://editor').searchParams.get('permission') ?? '';
    return red.auth.needsPermission(permission)(request, response, next);
  };
  red.runtime.httpAdmin.get(path, check, (_request, response) => {
    response.writeHead(204).end();
  });
}

/** True where nobody has to log in. */
export async function isAuthorized(
  red: NodeRedApplication,
  token: string | null,
  permission: string,
): Promise<boolean> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const url = `${path}?permission=${encodeURIComponent(permission)}`;
  const { status } = await dispatchToApp(red.httpAdmin, { method: 'GET', url, headers });
  return status === 204;
}
