import { serialize } from 'node:v8';
import { types } from 'node:util';

/** A value as it reaches another process, or what of it cannot. */
export type Copy = { readonly bytes: Uint8Array } | { readonly lacks: string };

/**
 * What another process would get must be what a flow put in: functions, sockets and the like cannot be serialised at all,
 * and of an object with methods of its class only the fields would arrive. Node-RED's function nodes run in a context of
 * their own, whose `Object` and `Error` are others: so nothing here compares prototypes with ours.
 */
export function copyOf(value: unknown): Copy {
  try {
    const lacks = classInside(value);
    return lacks === undefined ? { bytes: serialize(value) } : { lacks };
  } catch {
    return { lacks: 'something that cannot be copied, such as a function or a socket' };
  }
}

/** A class whose methods would be lost, and where in the value it is. */
function classInside(value: unknown): string | undefined {
  const seen = new Set<object>();
  const left: { readonly value: unknown; readonly at: string }[] = [{ value, at: '' }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value: part, at } = next;
    if (typeof part !== 'object' || part === null || seen.has(part)) continue;
    seen.add(part);
    if (ArrayBuffer.isView(part) || types.isNativeError(part)) continue;
    const name = classWithMethods(part);
    if (name !== undefined)
      return `an object of the class ${name}${at === '' ? '' : ` (at ${at})`}, whose methods cannot be copied`;
    const inside = at === '' ? '' : `${at}.`;
    const add = (inner: unknown, key: string): void => {
      if (typeof inner === 'object' && inner !== null) left.push({ value: inner, at: key });
    };
    if (types.isMap(part)) for (const [key, inner] of part) for (const one of [key, inner]) add(one, at || 'a map');
    else if (types.isSet(part)) for (const inner of part) add(inner, at || 'a set');
    else for (const key of Object.keys(part)) add(Reflect.get(part, key), `${inside}${key}`);
  }
  return undefined;
}

const isNative = (constructor: unknown): boolean =>
  typeof constructor === 'function' && Function.prototype.toString.call(constructor).includes('[native code]');

/** Undefined for what the language itself makes, in whichever context, and for classes that have nothing but fields. */
function classWithMethods(object: object): string | undefined {
  for (let from = prototypeOf(object); from !== null; from = prototypeOf(from)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(from, 'constructor')?.value;
    if (isNative(constructor)) return undefined;
    if (Reflect.ownKeys(from).every((key) => key === 'constructor')) continue;
    return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'without a name';
  }
  return undefined;
}

function prototypeOf(object: object): object | null {
  const from: unknown = Object.getPrototypeOf(object);
  return typeof from === 'object' ? from : null;
}
