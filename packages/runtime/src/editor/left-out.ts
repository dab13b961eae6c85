/**
 * A palette module that crashed the editor is known to the registry, with the reason, and not loaded: so it can be removed and
 * updated in the palette manager. Of a module that the registry does not know Node-RED says that it is not found.
 *
 * The loader reads all files of a module, hands it to the registry, and then runs those sets that have no error. No code
 * of it has run by then.
 */
import { loadRegistryStore } from '../node-red/internals.ts';

/** Before the editor starts. What is installed later under one of these names is loaded. */
export function leaveOut(names: readonly string[]): void {
  const left = new Set(names);
  const store = loadRegistryStore();
  const { addModule } = store;
  store.addModule = (module) => {
    if (left.delete(module.name)) {
      const err = 'it is left out, because the editor crashed three times in a row';
      for (const set of [...Object.values(module.nodes), ...Object.values(module.plugins ?? {})])
        Object.assign(set, { err });
    }
    addModule(module);
  };
}
