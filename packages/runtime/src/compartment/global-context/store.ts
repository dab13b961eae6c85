/** A Node-RED context store whose global scope is a replica; node and flow scope stay with the store that it wraps. */
import { type ContextStore, loadContextModule, loadUtil } from '../../node-red/internals.ts';
import type { GlobalReplica } from './replica.ts';

const globalScope = 'global';

/** For `settings.contextStorage.<name>.module`. */
export function replicatedStore(name: string, kind: 'memory' | 'localfilesystem', replica: GlobalReplica) {
  return (config: object): ContextStore => {
    const own = loadContextModule(kind)(config);
    const globals = loadContextModule('memory')({});
    // The memory store keeps its values in an object that it hands out; scopes are made at their first write.
    globals.set(globalScope, '_', undefined);
    const values = globals._export?.()[globalScope] ?? {};
    delete values['_'];
    replica.addStore(name, values);
    return {
      open: () => own.open(),
      close: () => own.close(),
      clean: (activeNodes) => own.clean(activeNodes),
      delete: (scope) => (scope === globalScope ? Promise.resolve() : own.delete(scope)),
      get: (scope, key, done) => (scope === globalScope ? globals : own).get(scope, key, done),
      keys: (scope, done) => (scope === globalScope ? globals : own).keys(scope, done),
      set(scope, key, value, done) {
        if (scope !== globalScope) return own.set(scope, key, value, done);
        globals.set(scope, key, value, done);
        for (const path of Array.isArray(key) ? key : [key]) replica.wrote(name, topLevelKey(path));
      },
    };
  };
}

/** `a` of `a.b[0]`: what is replicated is always the whole value of a top-level key. */
function topLevelKey(path: string): string {
  const [first] = loadUtil().util.normalisePropertyExpression(path);
  return String(first);
}
