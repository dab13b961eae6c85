/**
 * The errors of a message on their way. V8 writes message and stack of an Error, and that it is one; name, cause, `code`
 * and what else it has goes beside the message in plain objects, where errors may refer to each other in any way. Within
 * one frame v8 keeps which object is which, so the receiver finds each error in its place and completes it.
 */
import { isRecord } from '../../node-red/is-record.ts';
import { isError } from './holds-error.ts';

/** An error, its enumerable properties and its others, such as `cause`. */
export type CarriedError = readonly [error: Error, shown: Record<string, unknown>, hidden: Record<string, unknown>];

const constructors: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** With the same message and stack, of the same built-in class, and with nothing else. */
export function emptyErrorLike(error: Error): Error {
  const { message, stack }: { message: unknown; stack?: unknown } = error;
  const empty = new (classOf(error))(String(message));
  if (typeof stack === 'string') empty.stack = stack;
  else delete empty.stack;
  return empty;
}

/** By name, because classes of other realms are others. */
function classOf(error: Error): new (message: string) => Error {
  for (let at: unknown = Object.getPrototypeOf(error); typeof at === 'object' && at !== null; ) {
    const name: unknown = Object.getOwnPropertyDescriptor(at, 'name')?.value;
    const found = typeof name === 'string' && Object.hasOwn(constructors, name) ? constructors[name] : undefined;
    if (found !== undefined) return found;
    at = Object.getPrototypeOf(at);
  }
  return Error;
}

/** Completes the errors in a frame that was read. What other compartments send is not trusted with shapes. */
export function completeErrors(frame: unknown): unknown {
  if (!isRecord(frame) || !Array.isArray(frame['errors'])) return frame;
  const carried: readonly unknown[] = frame['errors'];
  for (const entry of carried) {
    if (!Array.isArray(entry)) continue;
    const parts: readonly unknown[] = entry;
    const [error, shown, hidden] = parts;
    if (typeof error !== 'object' || error === null || !isError(error)) continue;
    define(error, shown, true);
    define(error, hidden, false);
  }
  return frame;
}

function define(error: Error, properties: unknown, enumerable: boolean): void {
  if (!isRecord(properties)) return;
  for (const [key, value] of Object.entries(properties)) {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  }
}
