import type { IncomingMessage } from 'node:http';

const maxBytes = 64 * 1024;

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413; readonly message: string };

/** The JSON body of a small request. */
export async function readJson(request: IncomingMessage): Promise<ReadJson> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const parts: AsyncIterable<Uint8Array> = request;
  for await (const part of parts) {
    bytes += part.byteLength;
    if (bytes > maxBytes) return { ok: false, status: 413, message: `the body is larger than ${maxBytes} bytes` };
    chunks.push(Buffer.from(part));
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { ok: false, status: 400, message: 'the body is not JSON' };
  }
}
