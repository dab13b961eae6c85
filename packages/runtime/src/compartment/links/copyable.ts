/** A copy of a message's content that can cross to another process: the same without functions and symbols. */

/** Something in a message that has no copy, such as a socket or a promise. */
export class NotCopyable extends Error {
  readonly code = 'not-copyable';
  readonly retryable = false;
}

/** More than any message of data has; a walk that gets here has found its way into a live object. */
const mostObjects = 2_000_000;

/** Shared and circular references stay what they are. Throws NotCopyable, naming the property. */
export function withoutFunctions(value: unknown): unknown {
  const copies = new Map<object, unknown>();
  const copy = (original: unknown, path: string): unknown => {
    if (typeof original === 'function' || typeof original === 'symbol') return undefined;
    if (typeof original !== 'object' || original === null) return original;
    const known = copies.get(original);
    if (known !== undefined) return known;
    if (copies.size >= mostObjects) throw new NotCopyable(`${path || 'the message'} is too large to be copied`);
    const tag = Object.prototype.toString.call(original).slice('[object '.length, -1);
    if (asItIs.has(tag) || ArrayBuffer.isView(original)) return original;
    if (hopeless.has(tag) || isLive(original))
      throw new NotCopyable(`${path || 'the message'} cannot be copied: ${tag}`);
    return fill(original, tag, path);
  };
  const fill = (original: object, tag: string, path: string): unknown => {
    if (Array.isArray(original)) {
      const list: unknown[] = [];
      copies.set(original, list);
      for (const [index, item] of original.entries()) list.push(copy(item, `${path}[${index}]`));
      return list;
    }
    if (tag === 'Map' && original instanceof Map) {
      const map = new Map<unknown, unknown>();
      copies.set(original, map);
      for (const [key, item] of original) map.set(copy(key, path), copy(item, `${path}.${String(key)}`));
      return map;
    }
    if (tag === 'Set' && original instanceof Set) {
      const set = new Set<unknown>();
      copies.set(original, set);
      for (const item of original) set.add(copy(item, path));
      return set;
    }
    const plain: Record<string, unknown> = {};
    copies.set(original, plain);
    for (const [key, item] of Object.entries(original)) {
      if (typeof item !== 'function') plain[key] = copy(item, path === '' ? key : `${path}.${key}`);
    }
    return plain;
  };
  return copy(value, '');
}

const asItIs = new Set([
  'Date',
  'RegExp',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Error',
  'Number',
  'String',
  'Boolean',
  'BigInt',
]);
const hopeless = new Set(['Promise', 'WeakMap', 'WeakSet', 'WeakRef', 'Generator', 'AsyncGenerator']);

/** Sockets, streams, servers: they hold handles, and half of the process hangs on them. */
const isLive = (value: object): boolean => 'on' in value && typeof value.on === 'function' && 'emit' in value;
