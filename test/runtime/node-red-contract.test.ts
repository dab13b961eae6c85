/**
 * What Bulkhead takes for granted of Node-RED's inside, one test per assumption. A failure here after an upgrade says
 * which file of `packages/runtime/src` has to follow.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import path from 'node:path';
import { createFlowStore } from '../../packages/runtime/src/compartment/flow-store.ts';
import { createContextPlace } from '../../packages/runtime/src/compartment/global-context/store.ts';
import { loneReplica } from '../support/lone-replica.ts';
import { compartmentSettings } from '../../packages/runtime/src/compartment/node-red-settings.ts';
import {
  type ContextStore,
  loadContextModule,
  loadPermissions,
  loadRegistryFiles,
  loadRegistryLoader,
  loadRegistryStore,
  loadNodePrototype,
  loadRuntime,
  loadUtil,
  type NodeRedRuntime,
  nodeRedVersion,
} from '../../packages/runtime/src/node-red/internals.ts';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';
import type { FlowNode, Slice } from '../../packages/runtime/src/protocol/messages.ts';
import { until } from '../support/until.ts';
import { coreSet, func, inject, tab, testNode, testSet } from '../support/compartment.ts';

const flows: FlowNode[] = [
  tab('t1'),
  inject('in', 't1', ['fn']),
  func('fn', 't1', 'node.status({text: new Error("here").stack}); return msg;'),
  testNode('test-secret', 's', 't1'),
];
const slice: Slice = {
  compartmentId: 'c',
  hash: 'h',
  flows,
  credentials: { s: { secret: 'first' } },
  palette: [],
  userDir: import.meta.dirname,
  directory: import.meta.dirname,
  services: {},
};

/** Messages go from node to node in later turns of the loop. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A context store that notes what it is asked for. */
function ourStore(calls: string[]): ContextStore {
  const store = loadContextModule('memory')({});
  return {
    open: () => store.open(),
    close: () => store.close(),
    clean: (activeNodes) => {
      calls.push(`clean ${activeNodes.includes('fn')}`);
      return store.clean(activeNodes);
    },
    delete: (scope) => store.delete(scope),
    get: (scope, key, done) => {
      calls.push(`get ${scope} ${String(key)}`);
      return store.get(scope, key, done);
    },
    set: (scope, key, value, done) => {
      calls.push(`set ${scope} ${String(key)}`);
      return store.set(scope, key, value, done);
    },
    keys: (scope, done) => store.keys(scope, done),
  };
}

/** What the slice of a caller has for a `link in` elsewhere, as `link-stubs.ts` makes it. */
const bridge = (id: string, more: Partial<FlowNode> = {}): FlowNode => ({
  id,
  type: 'contract-bridge',
  z: 't1',
  x: 0,
  y: 0,
  wires: [],
  ...more,
});
const link = (id: string, type: string, more: Partial<FlowNode>): FlowNode => ({
  id,
  type,
  z: 't1',
  name: id,
  x: 0,
  y: 0,
  wires: [[]],
  ...more,
});

describe(`Node-RED ${nodeRedVersion()} is inside as Bulkhead needs it`, function () {
  this.timeout(20_000);
  let runtime: NodeRedRuntime;
  const statuses: Record<string, string> = {};
  const created: string[] = [];
  const received: string[] = [];
  const bridged: [string, Record<string, unknown>][] = [];
  const asked: string[] = [];
  const returned: [string, Record<string, unknown>][] = [];
  const storeCalls: string[] = [];
  const logged: unknown[] = [];
  const messages: unknown[] = [];
  let scans = 0;
  let isStarted = false;
  let rewritten = '';
  const originalScan = loadRegistryFiles().getNodeFiles;

  before(async () => {
    runtime = loadRuntime();
    const replica = loneReplica();
    const settings = compartmentSettings(
      slice,
      createFlowStore(slice).module,
      replica,
      createContextPlace(),
      () => false,
    );
    settings['contextStorage'] = {
      default: 'memory',
      memory: { module: 'memory' },
      ours: { module: () => ourStore(storeCalls) },
    };
    settings['logging'] = { ours: { level: 'info', handler: () => (entry: unknown) => void logged.push(entry) } };
    loadUtil().init(settings);
    loadRegistryFiles().getNodeFiles = () => {
      scans += 1;
      const file = (set: typeof testSet) => ({
        file: set.file,
        module: set.module,
        name: set.set,
        version: '1.0.0',
        types: [...set.types],
      });
      return {
        'node-red': {
          name: 'node-red',
          version: '1.0.0',
          nodes: {
            inject: file(coreSet('inject')),
            function: file(coreSet('function')),
            link: file(coreSet('link')),
            complete: file(coreSet('complete')),
            debug: file(coreSet('debug')),
          },
          icons: [],
        },
        'test-palette': {
          name: 'test-palette',
          version: '1.0.0',
          path: path.dirname(testSet.file),
          nodes: { 'test-nodes': file(testSet) },
        },
      };
    };
    runtime.init(settings, createServer());
    runtime._.nodes.registerType('bulkhead/contract', 'contract-bridge', function (definition) {
      runtime._.nodes.createNode(this, definition);
      this.on('input', (msg: Record<string, unknown>, _send: unknown, done: () => void) => {
        bridged.push([definition.id, msg]);
        done();
      });
      this.returnLinkMessage = (id, msg) => void returned.push([id, isRecord(msg) ? msg : {}]);
    });
    const { createNode, getNode } = runtime._.nodes;
    runtime._.nodes.getNode = (id) => {
      asked.push(id);
      return getNode(id);
    };
    runtime._.nodes.createNode = (node, definition) => {
      created.push(definition.id);
      if (definition.id === rewritten) Object.assign(definition, { name: 'another' });
      createNode(node, definition);
    };
    const prototype = loadNodePrototype();
    const handle = prototype._emitInput;
    prototype._emitInput = function (message) {
      received.push(this.id);
      handle.call(this, message);
    };
    runtime.events.on('node-status', (event: unknown) => {
      if (isRecord(event) && isRecord(event['status'])) statuses[String(event['id'])] = String(event['status']['text']);
    });
    runtime.events.on('comms', (event: unknown) => void messages.push(event));
    runtime.events.once('flows:started', () => {
      isStarted = true;
    });
    await runtime.start();
    // A start that tells no end is the failure of one test, not of all.
    await until(() => isStarted, { deadlineMs: 5_000, what: 'flows:started' }).catch(() => undefined);
  });
  after(async () => {
    loadRegistryFiles().getNodeFiles = originalScan;
    await runtime.stop();
  });

  const deploy = async (
    next: readonly FlowNode[],
    credentials: Record<string, unknown>,
    type: string,
  ): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const listener = (event: unknown): void => {
      if (isRecord(event) && event['id'] === 'runtime-deploy') resolve();
    };
    runtime.events.on('runtime-event', listener);
    await runtime._.nodes.setFlows(next, credentials, type);
    const late = setTimeout(() => reject(new Error('no runtime-deploy after a deploy (flow-runner.ts)')), 5_000);
    await promise.finally(() => clearTimeout(late));
    runtime.events.off('runtime-event', listener);
  };

  it('a start ends with the event flows:started (flow-runner.ts)', () => {
    assert.equal(isStarted, true);
  });

  it('the loader takes its node files from localfilesystem.getNodeFiles, looked up at each load (palette.ts)', () => {
    assert.equal(scans, 1);
  });

  it('a plain object is a storage module, its credentials are taken in plain text (flow-store.ts)', () => {
    assert.equal(statuses['s'], 'secret first');
  });

  it('node files get runtime.nodes.createNode as it is when they are loaded (flow-runner.ts)', () => {
    assert.deepEqual(created.toSorted(), ['fn', 'in', 's']);
  });

  it('the registry keeps modules with their node sets, their files and whether they were loaded (palette-list.ts)', () => {
    const set = loadRegistryStore().getModuleList()['test-palette']?.nodes['test-nodes'];
    assert.equal(set?.file, testSet.file);
    assert.equal(set?.loaded, true);
    assert.ok(set?.types.includes('test-lives'));
  });

  it('registry.addModule replaces a module, and loadNodeSet loads a set that was added by hand (palette.ts)', async () => {
    const store = loadRegistryStore();
    const known = store.getModule('node-red');
    const { file } = coreSet('change');
    const added = {
      type: 'node' as const,
      id: 'node-red/change',
      module: 'node-red',
      name: 'change',
      file,
      template: file.replace('.js', '.html'),
      version: '1.0.0',
      local: false,
      types: ['change'],
      config: '',
      help: {},
      enabled: true,
      loaded: false,
    };
    const nodes = { change: added };
    store.addModule({ name: 'node-red', version: '1.0.0', nodes });
    assert.equal(store.getModule('node-red')?.nodes, nodes);
    Object.assign(nodes, known?.nodes);
    assert.equal((await loadRegistryLoader().loadNodeSet(added)).loaded, true);
    await deploy([...flows, { ...testNode('change', 'c', 't1'), rules: [] }], slice.credentials, 'nodes');
    assert.ok(created.includes('c'));
  });

  it('admin routes of nodes exist without an editor (app-dispatch.ts)', () => {
    const paths = runtime.httpAdmin._router?.stack.map((layer) => layer.route?.path);
    assert.ok(paths?.includes('/inject/:id') && paths.includes('/test-palette/:id/who'));
  });

  it('httpNode is an express 4 app whose layers have a regexp, a route with methods, and fast_slash on / (routes.ts)', () => {
    runtime.httpNode.get('/contract/:x', (_request, response) => response.end());
    runtime.httpNode.use((_request: unknown, _response: unknown, next: () => void) => next());
    const stack = runtime.httpNode._router?.stack ?? [];
    const route = stack.find((layer) => layer.route?.path === '/contract/:x');
    assert.ok(route?.regexp.test('/contract/a') && !route.regexp.test('/contract/a/b') && !route.regexp.test('/'));
    assert.equal(route?.route?.methods['get'], true);
    assert.equal(stack.at(-1)?.regexp.fast_slash, true);
    assert.deepEqual(
      stack.slice(0, 2).map((layer) => layer.name),
      ['query', 'expressInit'],
    );
  });

  it('every node gets its messages by _emitInput; a function node names itself in stack traces (node-trace.ts)', () => {
    const node = runtime._.nodes.getNode('in');
    assert.ok(node !== null && 'receive' in node && typeof node.receive === 'function');
    Reflect.apply(node.receive, node, []);
    assert.equal(received[0], 'in');
    return once(runtime.events, 'node-status').then(() => {
      assert.equal(received[1], 'fn');
      assert.match(statuses['fn'] ?? '', /Function node:fn/);
    });
  });

  it('only a node that carries credentials counts as changed when nothing else has (deploy-diff.ts)', async () => {
    created.length = 0;
    await deploy(flows, { s: { secret: 'second' } }, 'nodes');
    assert.deepEqual(created, []);
    assert.deepEqual(runtime._.nodes.getCredentials('s'), { secret: 'second' });
    await deploy(
      flows.map((node) => (node.id === 's' ? { ...node, credentials: { secret: 'third' } } : node)),
      { s: { secret: 'third' } },
      'nodes',
    );
    assert.deepEqual(created, ['s']);
    assert.equal(statuses['s'], 'secret third');
  });

  it('a constructor reads its definition after createNode, from the object that createNode got (flow-runner.ts)', async () => {
    rewritten = 's';
    const marked = flows.map((node) => (node.id === 's' ? { ...node, credentials: { secret: 'third' } } : node));
    await deploy(marked, { s: { secret: 'third' } }, 'nodes');
    rewritten = '';
    const node = runtime._.nodes.getNode('s');
    assert.ok(node !== null && 'name' in node);
    assert.equal(node.name, 'another');
  });

  it('a node inside a subflow runs as the id of the instance, a dash and its own (instance-id.ts)', async () => {
    const subflow = [
      { id: 'sub', type: 'subflow', name: 'sub', in: [], out: [] },
      testNode('test-lives', 'inside', 'sub'),
      { id: 'inst', type: 'subflow:sub', z: 't1', x: 1, y: 1, wires: [] },
    ];
    created.length = 0;
    await deploy([...flows, ...subflow], slice.credentials, 'nodes');
    assert.ok(created.includes('inst-inside'), created.join());
    await deploy(flows, slice.credentials, 'nodes');
  });

  it('permissions are compared by a function of the editor API (editor/login.ts)', () => {
    const { hasPermission } = loadPermissions();
    assert.equal(hasPermission('read', 'flows.read'), true);
    assert.equal(hasPermission(['flows.read'], ['flows.read', 'flows.write']), false);
  });

  it('missing types are told by a runtime-state event with an error, before runtime-deploy (flow-runner.ts)', async () => {
    const states: unknown[] = [];
    const listener = (event: unknown): void => void states.push(event);
    runtime.events.on('runtime-event', listener);
    await deploy([...flows, testNode('no-such-type', 'x', 't1')], slice.credentials, 'nodes');
    runtime.events.off('runtime-event', listener);
    const failed = states.findIndex(
      (event) => isRecord(event) && isRecord(event['payload']) && event['payload']['error'] === 'missing-types',
    );
    const deployed = states.findIndex((event) => isRecord(event) && event['id'] === 'runtime-deploy');
    assert.ok(failed >= 0 && failed < deployed);
    const event = states[failed];
    assert.ok(isRecord(event) && isRecord(event['payload']));
    assert.deepEqual(event['payload']['types'], ['no-such-type']);
    await deploy(flows, slice.credentials, 'nodes');
  });

  describe('links', () => {
    before(() =>
      deploy(
        [
          ...flows,
          bridge('remote'),
          link('out', 'link out', { mode: 'link', links: ['remote'] }),
          link('to-bridge', 'link call', { linkType: 'static', links: ['remote'], timeout: '1' }),
          link('stand-in', 'link in', { name: 'far', links: [], wires: [['behind']] }),
          bridge('behind'),
          link('call', 'link call', { linkType: 'static', links: ['stand-in'], timeout: '30', wires: [['remote']] }),
          link('completed', 'complete', { scope: ['call'], uncaught: false, wires: [['done']] }),
          bridge('done'),
          link('by-name', 'link call', { linkType: 'dynamic', links: [], timeout: '30' }),
          func(
            'calls',
            't1',
            'try { await node.linkcall("stand-in", msg); } catch (error) { node.status({ text: error.message }); }',
          ),
          link('back', 'link out', { mode: 'return', links: [] }),
          { id: 'way-back', type: 'contract-bridge' },
        ],
        slice.credentials,
        'full',
      ),
    );
    after(() => deploy(flows, slice.credentials, 'full'));
    const send = async (to: string, msg: Record<string, unknown>): Promise<void> => {
      bridged.length = 0;
      returned.length = 0;
      runtime._.nodes.getNode(to)?.receive(msg);
      await nextTurns();
    };

    it('a type that is registered by hand makes nodes, without a palette (bridge-nodes.ts)', () => {
      assert.equal(runtime._.nodes.getNode('remote')?.type, 'contract-bridge');
    });

    it('a link out gives its message to whatever node has the id that it names (link-stubs.ts)', async () => {
      await send('out', { payload: 1 });
      assert.deepEqual(
        bridged.map(([id, msg]) => [id, msg['payload'], msg['_event']]),
        [['remote', 1, 'node:out']],
      );
    });

    it('a link call takes nothing but a link in of its own class for its target (link-stubs.ts)', async () => {
      await send('to-bridge', { payload: 1 });
      assert.equal(bridged.length, 0);
      await send('call', { payload: 2 });
      assert.deepEqual(
        bridged.map(([id, msg]) => [id, msg['payload']]),
        [['behind', 2]],
      );
    });

    it('a link call leaves who called in _linkSource, as node and id (link-source.ts)', async () => {
      await send('call', { payload: 2 });
      const stack = bridged[0]?.[1]['_linkSource'];
      assert.ok(Array.isArray(stack) && isRecord(stack[0]));
      assert.deepEqual([stack[0]['node'], typeof stack[0]['id']], ['call', 'string']);
    });

    it('a dynamic link call finds a link in by its name (link-stubs.ts)', async () => {
      await send('by-name', { payload: 3, target: 'far' });
      assert.deepEqual(
        bridged.map(([id]) => id),
        ['behind'],
      );
    });

    it('a link out that returns calls returnLinkMessage of the node that the message names (bridge-nodes.ts)', async () => {
      await send('back', { payload: 4, _linkSource: [{ node: 'way-back', id: 'x' }] });
      assert.deepEqual(
        returned.map(([id, msg]) => [id, msg['payload']]),
        [['x', 4]],
      );
    });

    const calledWith = (msg: Record<string, unknown> | undefined): string => {
      const stack: unknown = msg?.['_linkSource'];
      assert.ok(Array.isArray(stack) && isRecord(stack[0]));
      return String(stack[0]['id']);
    };

    it('node files get runtime.nodes.getNode as it is when they are loaded (bridge-nodes.ts)', async () => {
      asked.length = 0;
      await send('back', { payload: 4, _linkSource: [{ node: 'elsewhere', id: 'x' }] });
      assert.ok(asked.includes('elsewhere'));
    });

    it('a link call is done with the object that it was given, whatever the answer is (open-questions.ts)', async () => {
      await send('call', { payload: 7 });
      const question = bridged[0]?.[1];
      assert.ok(question !== undefined);
      question['payload'] = 'changed';
      runtime._.nodes.getNode('call')?.returnLinkMessage?.(calledWith(question), { payload: 'answer' });
      await nextTurns();
      assert.ok(bridged.some(([id, msg]) => id === 'done' && msg['payload'] === 'changed'));
    });

    it('a link call asks an answer for its length before it is done, and lets through what that throws (refused-call.ts)', async () => {
      await send('call', { payload: 5 });
      const id = calledWith(bridged[0]?.[1]);
      const asked: unknown[] = [];
      const answer = new Proxy([], {
        get(_target, key) {
          asked.push(key);
          if (key !== '_linkSource') throw new Error('no answer');
          return undefined;
        },
      });
      assert.throws(() => runtime._.nodes.getNode('call')?.returnLinkMessage?.(id, answer), /no answer/);
      assert.deepEqual(asked, ['_linkSource', 'length']);
    });

    it('a function node resolves the promise of its call with the answer itself (refused-call.ts)', async () => {
      await send('calls', { payload: 6 });
      const id = calledWith(bridged[0]?.[1]);
      runtime._.nodes.getNode('calls')?.returnLinkMessage?.(id, Promise.reject(new Error('refused')));
      await nextTurns();
      assert.equal(statuses['calls'], 'refused');
    });

    it('an entry without a place is a config node: it is made before those that have one (link-stubs.ts)', () => {
      const [configNode, node] = ['way-back', 'remote'].map((id) => created.lastIndexOf(id));
      assert.ok(configNode !== undefined && configNode >= 0, 'it was not made');
      assert.ok(node !== undefined && configNode < node);
    });
  });

  it('a context store of ours is read and written at once, and cleaned at each deploy (global-context/store.ts)', async () => {
    const code = 'global.set("a.b", 1, "ours"); node.status({ text: String(global.get("a.b", "ours")) });';
    await deploy([tab('t1'), inject('in', 't1', ['fn']), func('fn', 't1', code)], {}, 'full');
    storeCalls.length = 0;
    runtime._.nodes.getNode('fn')?.receive({});
    await nextTurns();
    assert.deepEqual(storeCalls, ['set global a.b', 'get global a.b']);
    assert.equal(statuses['fn'], '1');
    await deploy(flows, slice.credentials, 'full');
    assert.ok(storeCalls.includes('clean true'));
  });

  it('deleted credentials are gone (flow-runner.ts)', () => {
    assert.deepEqual(runtime._.nodes.getCredentials('s'), slice.credentials['s']);
    runtime._.nodes.deleteCredentials('s');
    assert.equal(runtime._.nodes.getCredentials('s'), undefined);
  });

  it('a debug node tells a comms event with topic, and in data the id and an encoded msg (event-relay.ts)', async () => {
    const show = { id: 'd', type: 'debug', z: 't1', x: 1, y: 1, active: true, tosidebar: true, complete: 'payload' };
    await deploy([...flows, { ...show, wires: [] }], slice.credentials, 'full');
    messages.length = 0;
    runtime._.nodes.getNode('d')?.receive({ payload: new Map([[1, 2]]) });
    await nextTurns();
    const [event] = messages;
    assert.ok(isRecord(event) && event['topic'] === 'debug' && isRecord(event['data']));
    assert.deepEqual([event['data']['id'], event['data']['format']], ['d', 'map']);
    assert.equal(typeof event['data']['msg'], 'string');
  });

  it('a log handler gets the level, text, id and type of a node that logs (log-output.ts)', () => {
    logged.length = 0;
    const node = runtime._.nodes.getNode('fn');
    assert.ok(node && 'warn' in node && typeof node.warn === 'function');
    Reflect.apply(node.warn, node, ['said']);
    const entry = logged.find((candidate) => isRecord(candidate) && candidate['msg'] === 'said');
    assert.ok(isRecord(entry));
    assert.deepEqual([entry['level'], entry['id'], entry['type']], [30, 'fn', 'function']);
  });

  it('an input handler with three parameters that throws is an error of its node, not of the process (bridge-nodes.ts)', async () => {
    logged.length = 0;
    const node = runtime._.nodes.getNode('fn');
    node?.on('input', (_msg: unknown, _send: unknown, _done: () => void) => {
      throw new Error('thrown by a handler');
    });
    node?.receive({});
    await nextTurns();
    const entry = logged.find(
      (candidate) => isRecord(candidate) && /thrown by a handler/.test(String(candidate['msg'])),
    );
    assert.ok(isRecord(entry));
    assert.deepEqual([entry['id'], entry['level']], ['fn', 20]);
    await deploy(flows, slice.credentials, 'full');
  });

  it('methods of a class instance are no storage: only own properties are (flow-store.ts)', async () => {
    const script =
      "const m=require('module').createRequire(process.argv[1]);const storage=m('@node-red/runtime/lib/storage');" +
      'const stored={init:async()=>{},getSettings:async()=>({a:1}),saveSettings:async()=>{}};const as=async s=>{await storage.init({settings:{storageModule:s}});return storage.getSettings()};' +
      '(async()=>{const own=await as(stored);const other=await as(Object.assign(Object.create(stored),{init:stored.init}));console.log(JSON.stringify([own,other??null]))})()';
    const from = createRequire(import.meta.url).resolve('@node-red/runtime/package.json');
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, from]);
    assert.equal(stdout.trim(), '[{"a":1},null]');
  });

  it('context values are answered as the sidebar wants them (compartment.ts)', async () => {
    assert.deepEqual(await runtime.context.getValue({ scope: 'flow', id: 't1' }), { memory: {}, ours: {} });
    await assert.rejects(runtime.context.getValue({ scope: 'flow', id: 't1', store: 'no such store' }));
  });

  it('the memory store hands out the object that it reads and writes (global-context/store.ts)', () => {
    const memory = loadContextModule('memory')({});
    memory.set('global', 'a.b', 1);
    const values = memory._export?.()['global'];
    assert.ok(values);
    assert.equal(JSON.stringify(values), '{"a":{"b":1}}');
    values['c'] = 2;
    assert.equal(memory.get('global', 'c'), 2);
    // A value may be made when it is read (values.ts).
    Object.defineProperty(values, 'late', { get: () => ({ x: 3 }), enumerable: true, configurable: true });
    assert.deepEqual([memory.get('global', 'late.x'), memory.keys('global')], [3, ['a', 'c', 'late']]);
    memory.set('global', 'late', undefined);
    assert.equal(memory.get('global', 'late'), undefined);
  });

  it('a context key is parsed into its parts (global-context/store.ts)', () => {
    const { normalisePropertyExpression } = loadUtil().util;
    assert.deepEqual(normalisePropertyExpression('a["b.c"][0].d'), ['a', 'b.c', 0, 'd']);
    assert.throws(() => normalisePropertyExpression('a..b'));
  });

  it('encodeObject makes a debug message of a log entry (sidebar-errors.ts)', () => {
    const encoded = loadUtil().util.encodeObject({ id: 'n', level: 20, msg: new Error('x') }, { maxLength: 100 });
    assert.ok('format' in encoded && encoded.format === 'error');
  });

  it('modules that are put off are not used while runtime and function node load, and work once they are (lazy-modules.ts)', async () => {
    const program = path.join(import.meta.dirname, 'fixtures/modules-put-off.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    assert.equal(stdout, 'moment-timezone ./lib/jsonata.js acorn acorn-walk tar\n\n');
  });

  it('the runtime is loaded without the editor, its client and the stock storage (memory)', async () => {
    const script =
      "const m=require('module').createRequire(process.argv[1]);m('@node-red/runtime');const f=Object.keys(require.cache);" +
      'console.log(f.filter(x=>/editor-api|editor-client|localfilesystem.projects|moment-timezone.*zones/.test(x)).length)';
    const from = createRequire(import.meta.url).resolve('@node-red/runtime/package.json');
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, from]);
    assert.equal(stdout.trim(), '0');
  });

  it('a warning of a node and its status are methods of it (denials.ts)', () => {
    const node = runtime._.nodes.getNode('in');
    assert.ok(node !== null && typeof node.warn === 'function' && typeof node.status === 'function');
  });

  it('Node.js tells refusals of its permission model on channels, and hands the model on by execArgv (denials.ts, permission.ts)', async () => {
    const script =
      "require('node:diagnostics_channel').subscribe('node:permission-model:fs',(e)=>console.log(JSON.stringify(e)));" +
      "try{require('fs').writeFileSync('/no/such','')}catch(e){console.log(e.code)}process.execArgv.splice(0);" +
      "const run=require('child_process').spawnSync;console.log(run('sh',['-c','echo \"[$NODE_OPTIONS]\"']).stdout.toString())";
    const confined = ['--permission', '--allow-child-process', '--disable-warning=SecurityWarning', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, confined);
    assert.deepEqual(stdout.trim().split('\n'), [
      '{"permission":"FileSystemWrite","resource":"/no/such"}',
      'ERR_ACCESS_DENIED',
      '[]',
    ]);
  });
});
