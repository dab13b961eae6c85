/**
 * A copy of a message's content that can cross to another process: the same without functions and symbols, with its
 * errors beside it (`carried-errors.ts`). Values of every realm are copied alike: objects that a function node makes are
 * of its own, where `instanceof Map` is false.
 */
import { types } from 'node:util';
import { type CarriedError, emptyErrorLike } from './carried-errors.ts';
import { isError } from './holds-error.ts';

/** Something in a message that has no copy, such as a socket or a promise. */
export class NotCopyable extends Error {
  readonly code = 'not-copyable';
  readonly retryable = false;
}

export interface Copied {
  readonly value: unknown;
  /** The errors in it, and what v8 does not write of them. */
  readonly errors: readonly CarriedError[];
}

/** More than any message of data has; a walk that gets here has found its way into a live object. */
const mostObjects = 2_000_000;

/** Shared and circular references stay what they are. Throws NotCopyable, naming the property. */
export function copyable(value: unknown): Copied {
  const copies = new Map<object, unknown>();
  const errors: CarriedError[] = [];
  /** In an error what has no copy is left out: errors of HTTP clients hold their sockets, and what they say counts more. */
  let errorsAround = 0;

  const copy = (original: unknown, path: string): unknown => {
    if (typeof original === 'function' || typeof original === 'symbol') return undefined;
    if (typeof original !== 'object' || original === null) return original;
    const known = copies.get(original);
    if (known !== undefined) return known;
    if (copies.size >= mostObjects) throw new NotCopyable(`${path || 'the message'} is too large to be copied`);
    if (isCopiedByV8(original)) return original;
    if (hasNoCopy(original)) {
      if (errorsAround > 0) return undefined;
      throw new NotCopyable(`${path || 'the message'} cannot be copied: ${tagOf(original)}`);
    }
    if (isError(original)) return copyError(original, path);
    if (Array.isArray(original)) return copyList(original, path);
    if (types.isMap(original)) {
      const map = new Map<unknown, unknown>();
      copies.set(original, map);
      for (const [key, item] of original) {
        const name = typeof key === 'string' || typeof key === 'number' ? `.${key}` : '';
        map.set(copy(key, path), copy(item, path + name));
      }
      return map;
    }
    if (types.isSet(original)) {
      const set = new Set<unknown>();
      copies.set(original, set);
      for (const item of original) set.add(copy(item, path));
      return set;
    }
    const plain: Record<string, unknown> = {};
    copies.set(original, plain);
    for (const [key, item] of Object.entries(original)) {
      if (typeof item !== 'function') put(plain, key, copy(item, path === '' ? key : `${path}.${key}`));
    }
    return plain;
  };

  /** With its holes, and what else a list may have, such as the `index` of a match. */
  const copyList = (original: readonly unknown[], path: string): unknown[] => {
    const list: unknown[] = [];
    copies.set(original, list);
    list.length = original.length;
    for (const [key, item] of Object.entries(original)) {
      if (Number(key) < original.length) put(list, key, copy(item, `${path}[${key}]`));
      else if (typeof item !== 'function') put(list, key, copy(item, `${path}.${key}`));
    }
    return list;
  };

  const copyError = (original: Error, path: string): Error => {
    const empty = emptyErrorLike(original);
    copies.set(original, empty);
    const shown: Record<string, unknown> = {};
    const hidden: Record<string, unknown> = {};
    errors.push([empty, shown, hidden]);
    errorsAround += 1;
    for (const key of Object.getOwnPropertyNames(original)) {
      if (key === 'message' || key === 'stack') continue;
      const item: unknown = Reflect.get(original, key);
      if (typeof item === 'function') continue;
      const inner = copy(item, `${path}.${key}`);
      // What could not be copied has no place; undefined itself has.
      if (inner === undefined && item !== undefined) continue;
      put(Object.prototype.propertyIsEnumerable.call(original, key) ? shown : hidden, key, inner);
    }
    errorsAround -= 1;
    const { name } = original;
    if (!Object.hasOwn(original, 'name') && typeof name === 'string' && name !== empty.name) hidden['name'] = name;
    return empty;
  };

  return { value: copy(value, ''), errors };
}

/** `target.__proto__ = value` would be no property. */
function put(target: object, key: string, value: unknown): void {
  if (key !== '__proto__') Reflect.set(target, key, value);
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice('[object '.length, -1);

const isCopiedByV8 = (value: object): boolean =>
  ArrayBuffer.isView(value) ||
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isBoxedPrimitive(value);

const hasNoCopy = (value: object): boolean =>
  types.isPromise(value) ||
  types.isWeakMap(value) ||
  types.isWeakSet(value) ||
  types.isGeneratorObject(value) ||
  tagOf(value) === 'WeakRef' ||
  isLive(value);

/** Sockets, streams, servers: they hold handles, and half of the process hangs on them. */
const isLive = (value: object): boolean => 'on' in value && typeof value.on === 'function' && 'emit' in value;
