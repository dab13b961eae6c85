/** Asks an express app a question in-process: no socket, no port, the same handlers. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ForwardedRequest, ForwardedResponse } from '../protocol/messages.ts';
import { errorText } from './error-text.ts';
import type { ExpressApp } from './internals.ts';
import { isCallback } from './is-callback.ts';

/** Larger answers are cut off with status 502. */
const maxBodyBytes = 32 * 1024 * 1024;

/**
 * The answer of `app`; 404 where no handler takes it, 500 where one throws, 504 where none answers in time. A body
 * that is bytes is given as a stream, anything else as `request.body`, as if a body parser had run.
 */
export function dispatchToApp(
  app: ExpressApp,
  asked: ForwardedRequest,
  timeoutMs = 30_000,
): Promise<ForwardedResponse> {
  return new Promise((resolve) => {
    const request: IncomingMessage & { body?: unknown } = new IncomingMessage(new Socket());
    request.method = asked.method;
    request.url = asked.url;
    for (const [name, value] of Object.entries(asked.headers)) request.headers[name.toLowerCase()] = value;
    if (asked.body instanceof Uint8Array) {
      // Body parsers take a request without a length for one without a body.
      request.headers['content-length'] = String(asked.body.byteLength);
      request.push(asked.body);
    } else request.body = asked.body ?? {};
    request.push(null);

    const response = new ServerResponse(request);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let answered = false;
    const answer = (status: number, text?: string, noRoute = false): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      resolve({
        status,
        headers: text === undefined ? headersOf(response) : { 'content-type': 'text/plain' },
        body: text === undefined ? Buffer.concat(chunks) : Buffer.from(text),
        ...(noRoute ? { noRoute } : {}),
      });
    };
    const timer = setTimeout(() => answer(504, 'no answer in time'), timeoutMs);
    const keep = (chunk: unknown, encoding: unknown): void => {
      const part =
        typeof chunk === 'string'
          ? Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
          : chunk instanceof Uint8Array
            ? Buffer.from(chunk)
            : undefined;
      if (part === undefined) return;
      bytes += part.length;
      if (bytes > maxBodyBytes) answer(502, 'the answer is too large');
      else chunks.push(part);
    };
    // Own properties: express replaces the prototype of the response. Nothing may reach the socket, there is none.
    Object.assign(response, {
      write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
        keep(chunk, encoding);
        const callback = typeof encoding === 'function' ? encoding : done;
        if (isCallback(callback)) process.nextTick(callback);
        return true;
      },
      end(chunk?: unknown, encoding?: unknown): ServerResponse {
        keep(chunk, encoding);
        if (!response.headersSent) response.writeHead(response.statusCode);
        answer(response.statusCode);
        response.emit('finish');
        return response;
      },
    });
    app(request, response, (error) => {
      if (error === undefined || error === null) answer(404, `no route for ${asked.method} ${asked.url}`, true);
      else answer(500, errorText(error));
    });
  });
}

function headersOf(response: ServerResponse): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return headers;
}
