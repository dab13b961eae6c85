import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Poison, Suspect } from '../crashes/poison.ts';

/** A body that is longer cannot be looked at before it is handed on; it is let through. */
const mostLookedAt = 5 * 1024 * 1024;

export type HandedOn =
  | { readonly kind: 'refused'; readonly suspect: Suspect }
  /** `body`: what was read of it already. */
  | { readonly kind: 'passes'; readonly body: Readable | null; started(): void };

/** Before a request goes to a compartment: may it, and under which number? Call `started` once its body is being read. */
export async function handOn(poison: Poison, request: IncomingMessage): Promise<HandedOn> {
  const [method, url] = [request.method ?? 'GET', request.url ?? '/'];
  const { number, bodyHashed } = poison.begin(method, url);
  // Ours alone: what a client sends under this name counts for nothing.
  request.headers['x-bulkhead-request'] = number;
  if (!poison.mayRefuse(method, url) || Number(request.headers['content-length'] ?? 0) > mostLookedAt) {
    const hash = createHash('sha256');
    return {
      kind: 'passes',
      body: null,
      started() {
        request.on('data', (chunk: Buffer) => hash.update(chunk));
        request.on('end', () => bodyHashed(hash.digest('hex')));
      },
    };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const hash = createHash('sha256').update(body).digest('hex');
  bodyHashed(hash);
  const suspect = poison.refuse(method, url, hash);
  if (suspect !== null) return { kind: 'refused', suspect };
  return { kind: 'passes', body: Readable.from([body]), started() {} };
}
