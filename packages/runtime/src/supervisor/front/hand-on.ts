import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Poison } from '../crashes/poison.ts';
import type { Suspect } from '../crashes/suspect-file.ts';

/** A body that is longer cannot be looked at before it is handed on; it is let through. */
const mostLookedAt = 5 * 1024 * 1024;

export type HandedOn =
  | { readonly kind: 'refused'; readonly suspect: Suspect }
  /** `body`: where it was read already, in part or as a whole. */
  | {
      readonly kind: 'passes';
      readonly number: string;
      readonly body: Readable | null;
      started(): void;
      answered(): void;
    };

/** The body, where it is short enough to be handed on twice; otherwise what is to be handed on. */
export type Kept = { readonly whole: readonly Buffer[] } | { readonly whole: null; readonly body: Readable };

export async function keepBody(request: IncomingMessage): Promise<Kept> {
  if (Number(request.headers['content-length'] ?? 0) > mostLookedAt) return { whole: null, body: request };
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(request)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostLookedAt) return { whole: null, body: Readable.from(withTheRest()) };
  }
  return { whole: chunks };

  async function* withTheRest(): AsyncGenerator<Buffer> {
    yield* chunks.splice(0);
    yield* chunksOf(request);
  }
}

/**
 * Before a request goes to a compartment: may it, and under which number? Call `started` once its body is being read.
 * `kept`: its body, where it was read already.
 */
export async function handOn(
  poison: Poison,
  request: IncomingMessage,
  kept: readonly Buffer[] | null = null,
): Promise<HandedOn> {
  const [method, url] = [request.method ?? 'GET', request.url ?? '/'];
  const { number, bodyHashed, answered } = poison.begin(method, url);
  if (kept !== null) {
    const hash = createHash('sha256');
    for (const chunk of kept) hash.update(chunk);
    return judged(hash.digest('hex'), kept);
  }
  if (!poison.mayRefuse(method, url) || Number(request.headers['content-length'] ?? 0) > mostLookedAt) {
    const hash = createHash('sha256');
    return {
      kind: 'passes',
      number,
      body: null,
      started() {
        request.on('data', (chunk: Buffer) => hash.update(chunk));
        request.on('end', () => bodyHashed(hash.digest('hex')));
      },
      answered,
    };
  }
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(request)) {
    hash.update(chunk);
    chunks.push(chunk);
    bytes += chunk.length;
    // The length was not told, or was a lie.
    if (bytes > mostLookedAt) return { kind: 'passes', number, body: goneOn(), started() {}, answered };
  }
  return judged(hash.digest('hex'), chunks);

  function judged(whole: string, body: readonly Buffer[]): HandedOn {
    bodyHashed(whole);
    const suspect = poison.refuse(method, url, whole);
    if (suspect !== null) return { kind: 'refused', suspect };
    return { kind: 'passes', number, body: Readable.from(body), started() {}, answered };
  }

  function goneOn(): Readable {
    return Readable.from(withTheRest());
  }

  async function* withTheRest(): AsyncGenerator<Buffer> {
    yield* chunks.splice(0);
    for await (const chunk of chunksOf(request)) {
      hash.update(chunk);
      yield chunk;
    }
    bodyHashed(hash.digest('hex'));
  }
}

/** Can be left and taken up again. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) if (Buffer.isBuffer(chunk)) yield chunk;
}
