/** A Node-RED context store whose global scope is a replica; node and flow scope stay with the store that it wraps. */
import { type ContextStore, loadContextModule, loadUtil } from '../../node-red/internals.ts';
import type { GlobalReplica } from './replica.ts';

const globalScope = 'global';

/** Where context files are. A runtime may start before it is known, and touches no files until then. */
export interface ContextPlace {
  readonly directory: string | undefined;
  moveTo(directory: string): Promise<void>;
  /** Calls `open` once the place is known, unless it is. */
  onMove(open: (directory: string) => Promise<void>): void;
}

export function createContextPlace(): ContextPlace {
  let directory: string | undefined;
  let waiting: ((directory: string) => Promise<void>)[] = [];
  return {
    get directory() {
      return directory;
    },
    async moveTo(place) {
      directory = place;
      const opened = waiting;
      waiting = [];
      await Promise.all(opened.map((open) => open(place)));
    },
    onMove: (open) => void waiting.push(open),
  };
}

/** For `settings.contextStorage.<name>.module`. */
export function memoryStore(name: string, replica: GlobalReplica) {
  return (config: object): ContextStore => {
    const own = loadContextModule('memory')(config);
    return withReplica(name, () => own, replica);
  };
}

/** As `memoryStore`, for values that are kept on disk. */
export function fileStore(name: string, replica: GlobalReplica, place: ContextPlace) {
  return (): ContextStore => {
    const inFiles = (dir: string): ContextStore => loadContextModule('localfilesystem')({ dir });
    // Nothing can be written before there are flows, and those come after the move.
    let own = place.directory === undefined ? loadContextModule('memory')({}) : inFiles(place.directory);
    if (place.directory === undefined) {
      place.onMove(async (directory) => {
        own = inFiles(directory);
        await own.open();
      });
    }
    return withReplica(name, () => own, replica);
  };
}

function withReplica(name: string, own: () => ContextStore, replica: GlobalReplica): ContextStore {
  const globals = loadContextModule('memory')({});
  // The memory store keeps its values in an object that it hands out; scopes are made at their first write.
  globals.set(globalScope, '_', undefined);
  const values = globals._export?.()[globalScope] ?? {};
  delete values['_'];
  replica.addStore(name, values);
  const of = (scope: string): ContextStore => (scope === globalScope ? globals : own());
  return {
    open: () => own().open(),
    close: () => own().close(),
    clean: (activeNodes) => own().clean(activeNodes),
    delete: (scope) => (scope === globalScope ? Promise.resolve() : own().delete(scope)),
    get: (scope, key, done) => of(scope).get(scope, key, done),
    keys: (scope, done) => of(scope).keys(scope, done),
    set(scope, key, value, done) {
      if (scope !== globalScope) return own().set(scope, key, value, done);
      let failure: unknown;
      try {
        globals.set(scope, key, value, done && ((error) => void (failure = error)));
      } finally {
        // Of several keys those before one that is wrong are written, as in a stock Node-RED.
        for (const top of new Set([key].flat().flatMap(topLevelKey))) replica.wrote(name, top);
      }
      done?.(failure);
    },
  };
}

/** `a` of `a.b[0]`: what is replicated is always the whole value of a top-level key. None where the path is wrong. */
function topLevelKey(path: string): string[] {
  try {
    const [first] = loadUtil().util.normalisePropertyExpression(path);
    return [String(first)];
  } catch {
    return [];
  }
}
