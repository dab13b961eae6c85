/**
 * Whether a palette keeps asynchronous contexts of its own, as those that trace requests do: these have to follow a
 * message from node to node, as in a stock Node-RED.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const entrances = ['run', 'enterWith', 'withScope'];

/** Tells from now on whether any but `own` was used. Node.js's own functions are back in place after the first that was. */
export function watchForOtherContexts(own: AsyncLocalStorage<unknown>): () => boolean {
  const { prototype } = AsyncLocalStorage;
  const originals = new Map<string, unknown>(entrances.map((name) => [name, Reflect.get(prototype, name)]));
  let found = false;
  for (const [name, original] of originals) {
    if (typeof original !== 'function') continue;
    Reflect.set(prototype, name, function (this: unknown, ...values: unknown[]): unknown {
      if (this !== own && !found) {
        found = true;
        for (const [entrance, as] of originals) if (typeof as === 'function') Reflect.set(prototype, entrance, as);
      }
      const result: unknown = Reflect.apply(original, this, values);
      return result;
    });
  }
  return () => found;
}
