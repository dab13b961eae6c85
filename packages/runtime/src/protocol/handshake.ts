/**
 * The first frame in each direction. Its bytes come from somebody unknown, so it is small and JSON: deserialising
 * v8 data of a stranger would trust V8's reader with hostile input.
 */
import { FrameError, frame } from './frame.ts';
import { type Hello, type HelloAnswer, protocolVersion, type Role } from './messages.ts';

/** Bytes of the largest accepted hello or answer. */
export const maxHandshakeBytes = 4096;

const roles: readonly Role[] = ['supervisor', 'editor', 'service', 'compartment', 'spare'];

const record = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(payload: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (cause) {
    throw new FrameError('frame-garbled', 'the first frame is not JSON', cause);
  }
  if (!record(value)) throw new FrameError('frame-garbled', 'the first frame is not an object');
  return value;
}

/** Hello or its answer as a frame. Throws FrameError `frame-too-large` beyond 4 kB. */
export function encodeHandshake(message: Hello | HelloAnswer): Buffer {
  return frame(Buffer.from(JSON.stringify(message), 'utf8'), maxHandshakeBytes);
}

/** Throws FrameError `frame-garbled` where the bytes are no hello. Says nothing about the token. */
export function decodeHello(payload: Uint8Array): Hello {
  const { type, protocol, role: roleName, id, token, pid, grants, place, running } = parseJson(payload);
  const role = roles.find((known) => known === roleName);
  if (
    type !== 'hello' ||
    typeof protocol !== 'number' ||
    role === undefined ||
    typeof id !== 'string' ||
    typeof token !== 'string' ||
    typeof pid !== 'number'
  ) {
    throw new FrameError('frame-garbled', 'the first frame is not a hello');
  }
  const granted = typeof grants === 'string' ? { grants } : {};
  const placed = typeof place === 'string' ? { place } : {};
  const hello = { type, protocol, role, id, token, pid, ...granted, ...placed } as const;
  if (record(running) && typeof running['sliceHash'] === 'string' && typeof running['readyAt'] === 'number') {
    return { ...hello, running: { sliceHash: running['sliceHash'], readyAt: running['readyAt'] } };
  }
  return hello;
}

/** Throws FrameError `frame-garbled` where the bytes are no answer to a hello. */
export function decodeHelloAnswer(payload: Uint8Array): HelloAnswer {
  const { type, protocol, reason } = parseJson(payload);
  if (type === 'welcome' && typeof protocol === 'number') return { type, protocol };
  if (type === 'refused') return { type, reason: typeof reason === 'string' ? reason : 'no reason given' };
  throw new FrameError('frame-garbled', 'the first frame is not an answer to a hello');
}

/** Null when the versions fit; otherwise the sentence that refuses. */
export function protocolMismatch(hello: Hello): string | null {
  if (hello.protocol === protocolVersion) return null;
  return `${hello.id} speaks protocol ${hello.protocol}, this side ${protocolVersion}: use the same version of Bulkhead`;
}
