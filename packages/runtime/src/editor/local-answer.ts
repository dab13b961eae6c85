import { ServerResponse } from 'node:http';
import type { AdminRequest, Handler } from '../node-red/internals.ts';

/** How a handler took a request: it answered (and this is what it would have said), or it passed it on. */
export type Taken =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'passed-on'; readonly error: unknown };

/**
 * Lets a handler answer into the void. A function that was given to `use` may be the end of a request or a step on its
 * way, and only running it tells. What it sets on the way (CORS headers) is taken over to the true response.
 */
export function answerLocally(handler: Handler, request: AdminRequest, response: ServerResponse): Promise<Taken> {
  return new Promise((resolve) => {
    const shadow = new ServerResponse(request);
    // The methods that express adds: `json`, `sendStatus`, `status`.
    const prototype: unknown = Object.getPrototypeOf(response);
    if (typeof prototype === 'object') Object.setPrototypeOf(shadow, prototype);
    const locals: unknown = Reflect.get(response, 'locals');
    for (const [name, value] of Object.entries(response.getHeaders()))
      if (value !== undefined) shadow.setHeader(name, value);
    const done = (): void => resolve({ kind: 'answered', status: shadow.statusCode });
    Object.assign(shadow, {
      locals,
      req: request,
      write: () => true,
      writeHead(status: number) {
        shadow.statusCode = status;
        return shadow;
      },
      end() {
        done();
        return shadow;
      },
    });
    const next = (error?: unknown): void => {
      if (!response.headersSent)
        for (const [name, value] of Object.entries(shadow.getHeaders()))
          if (value !== undefined) response.setHeader(name, value);
      resolve({ kind: 'passed-on', error });
    };
    // The node that it looks for is not here, and some do not check.
    const failed = (error: unknown): void =>
      error instanceof TypeError ? resolve({ kind: 'answered', status: 500 }) : next(error);
    try {
      const returned: unknown = handler(request, shadow, next);
      if (returned instanceof Promise) returned.catch(failed);
    } catch (error) {
      failed(error);
    }
  });
}
