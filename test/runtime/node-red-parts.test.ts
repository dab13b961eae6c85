/**
 * Each part of Node-RED that `packages/runtime/src/node-red/internals.ts` names is where it looks for it and has what is
 * used of it: what the contract tests beside this one could not even start without fails here by its name.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  coreNodesDirectory,
  loadContextModule,
  loadExpress,
  loadFlowParser,
  loadPermissions,
  loadStorage,
  loadRegistry,
  loadRegistryFiles,
  loadRegistryLoader,
  loadRegistryStore,
  loadNodePrototype,
  loadRuntime,
  loadUtil,
  nodeRedVersion,
} from '../../packages/runtime/src/node-red/internals.ts';

const parts: readonly [part: string, load: () => object, functions: readonly string[]][] = [
  ['the runtime (flow-runner.ts)', loadRuntime, ['init', 'start', 'stop']],
  [
    'the nodes of the runtime (flow-runner.ts, bridge-nodes.ts)',
    () => loadRuntime()._.nodes,
    ['registerType', 'createNode', 'getNode', 'getCredentials', 'deleteCredentials', 'setFlows', 'getFlows'],
  ],
  ['what all nodes inherit from (flow-runner.ts)', loadNodePrototype, ['_emitInput']],
  ['the events of the runtime (event-relay.ts)', () => loadRuntime().events, ['on', 'off', 'emit']],
  ['the context API (compartment.ts, context-proxy.ts)', () => loadRuntime().context, ['getValue', 'delete']],
  [
    'the flows API (deploys.ts, flow-state.ts)',
    () => loadRuntime().flows,
    ['setFlows', 'addFlow', 'updateFlow', 'deleteFlow', 'getState', 'setState'],
  ],
  ['the utilities (flow-runner.ts)', loadUtil, ['init']],
  ['the log (sidebar-errors.ts)', () => loadUtil().log, ['addHandler', 'info', 'warn', 'error']],
  ['the texts (palette.ts)', () => loadUtil().i18n, ['registerMessageCatalog']],
  [
    'the helpers (sidebar-errors.ts, global-context/store.ts)',
    () => loadUtil().util,
    ['encodeObject', 'normalisePropertyExpression'],
  ],
  ['the registry (flows-message.ts)', loadRegistry, ['checkFlowDependencies']],
  ['the parser of flows (can-read-flows.ts)', loadFlowParser, ['parseConfig']],
  ['what the registry knows (palette.ts)', loadRegistryStore, ['getModule', 'getModuleList', 'addModule']],
  ['the loader of the registry (palette.ts)', loadRegistryLoader, ['loadNodeSet']],
  ['the scan of the registry (palette.ts)', loadRegistryFiles, ['getNodeFiles']],
  ['the storage (editor/sessions.ts)', loadStorage, ['saveSessions']],
  ['the permissions of the editor API (editor/login.ts)', loadPermissions, ['hasPermission']],
  [
    'the context store in memory (global-context/store.ts)',
    () => loadContextModule('memory')({}),
    ['open', 'close', 'clean', 'delete', 'get', 'set', 'keys', '_export'],
  ],
  [
    'the context store in files (global-context/store.ts)',
    () => loadContextModule('localfilesystem')({ dir: import.meta.dirname }),
    ['open', 'close', 'clean', 'delete', 'get', 'set', 'keys'],
  ],
  ['express (http-front.ts)', loadExpress, ['json', 'urlencoded']],
  [
    'an express app (admin-routes.ts)',
    () => loadExpress()(),
    ['set', 'handle', 'use', 'route', 'param', 'get', 'post'],
  ],
];

describe(`the parts of Node-RED ${nodeRedVersion()} are where Bulkhead looks for them`, () => {
  for (const [part, load, functions] of parts) {
    it(part, () => {
      const loaded = load();
      const lacking = functions.filter((name) => typeof Reflect.get(loaded, name) !== 'function');
      assert.deepEqual(lacking, []);
    });
  }

  it('the core nodes and their texts (palette.ts, settings.ts)', () => {
    for (const there of ['core/common/20-inject.js', 'locales/en-US/messages.json'])
      assert.ok(existsSync(path.join(coreNodesDirectory(), there)), there);
  });
});
