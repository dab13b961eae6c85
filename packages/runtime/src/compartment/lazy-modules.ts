/**
 * Puts off modules that Node-RED loads at its start and most flows never use: 3 MB of heap in every compartment. Half of it is
 * the table of time zones of `moment-timezone`, for the `$moment` of JSONata and the formatting of dates.
 */
import { createRequire } from 'node:module';

export const lazyModules: readonly { readonly name: string; readonly neededBy: string }[] = [
  { name: 'moment-timezone', neededBy: '@node-red/util/package.json' },
  { name: './lib/jsonata.js', neededBy: '@node-red/util/package.json' },
  // For functions whose code calls `node.done()`.
  { name: 'acorn', neededBy: '@node-red/nodes/package.json' },
  { name: 'acorn-walk', neededBy: '@node-red/nodes/package.json' },
  // For the installation of palettes, which is the editor's.
  { name: 'tar', neededBy: '@node-red/registry/package.json' },
];

const require = createRequire(import.meta.url);

/** Call before Node-RED is loaded. Whoever requires such a module gets a stand-in that becomes it at its first use. */
export function putOffModules(): void {
  for (const { name, neededBy } of lazyModules) {
    const from = createRequire(require.resolve(neededBy));
    const file = from.resolve(name);
    if (require.cache[file] !== undefined) continue;
    let real: object | undefined;
    const load = (): object => {
      if (real === undefined) {
        delete require.cache[file];
        real = asObject(from(name));
      }
      return real;
    };
    require.cache[file] = { ...emptyModule(file), exports: standIn(load) };
  }
}

/** Everything that is done to it is done to what `load` gives. */
function standIn(load: () => object): object {
  return new Proxy(() => {}, {
    apply: (_target, self, parameters: unknown[]): unknown => Reflect.apply(asFunction(load()), self, parameters),
    construct: (_target, parameters: unknown[]): object => asObject(Reflect.construct(asFunction(load()), parameters)),
    get: (_target, key): unknown => Reflect.get(load(), key),
    set: (_target, key, value) => Reflect.set(load(), key, value),
    has: (_target, key) => Reflect.has(load(), key),
  });
}

type Callable = (...parameters: unknown[]) => object;
const isCallable = (value: unknown): value is Callable => typeof value === 'function';

function asFunction(value: unknown): Callable {
  if (!isCallable(value)) throw new TypeError('not a function');
  return value;
}

function asObject(value: unknown): object {
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return value;
  throw new TypeError('not a module');
}

function emptyModule(file: string): NodeJS.Module {
  return {
    children: [],
    exports: {},
    filename: file,
    id: file,
    isPreloading: false,
    loaded: true,
    parent: null,
    path: '',
    paths: [],
    require,
  };
}
