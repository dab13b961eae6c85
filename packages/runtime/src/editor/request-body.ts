/**
 * The body of an admin request, for the compartment that answers it. JSON and forms were parsed before a route is asked.
 * Of everything else (an upload) a copy is kept while it arrives, since a route's own parser may take it here.
 */
import type { AdminRequest } from '../node-red/internals.ts';

const maxBytes = 5 * 1024 * 1024;
const parsedHere = /^application\/(json|x-www-form-urlencoded)\b/i;

interface Copy {
  readonly chunks: Buffer[];
  bytes: number;
}

const copies = new WeakMap<AdminRequest, Copy>();

/** To be called before anything reads the request, for requests that name a node. */
export function keepBody(request: AdminRequest): void {
  const { method = 'GET', headers } = request;
  if (method === 'GET' || method === 'HEAD' || parsedHere.test(headers['content-type'] ?? '')) return;
  const copy: Copy = { chunks: [], bytes: 0 };
  copies.set(request, copy);
  const push = request.push.bind(request);
  // What the HTTP parser hands over passes here, whoever reads it.
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) {
      copy.bytes += chunk.length;
      if (copy.bytes <= maxBytes) copy.chunks.push(chunk);
      else copy.chunks.length = 0;
    }
    return push(chunk, encoding);
  };
}

/** Bytes, or what a parser made of them; undefined where there is none. Rejects with `status` 413 where it is too large. */
export async function bodyOf(request: AdminRequest): Promise<unknown> {
  const copy = copies.get(request);
  if (copy === undefined) return request.body;
  if (!request.complete) {
    const ended = Promise.withResolvers<void>();
    request.once('end', ended.resolve).once('close', ended.resolve).resume();
    await ended.promise;
  }
  if (copy.bytes > maxBytes)
    throw Object.assign(new Error(`the body is larger than ${maxBytes / 1024 / 1024} MB`), { status: 413 });
  return copy.bytes === 0 ? request.body : Buffer.concat(copy.chunks);
}
