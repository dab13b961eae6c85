import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { FlowNode, PaletteEntry, Route } from '../../packages/runtime/src/protocol/messages.ts';
import { type CompartmentUnderTest, coreSet, func, startCompartment, tab } from '../support/compartment.ts';
import { ask } from '../support/editor.ts';
import { until } from '../support/until.ts';

const require = createRequire(import.meta.url);

/** The node sets of a palette's package.json. */
function dashboardManifest(text: string): { nodes: Record<string, string> } {
  const nodes: Record<string, string> = {};
  const sections = /"nodes": *\{([^}]*)\}/.exec(text)?.[1] ?? '';
  for (const [, name, file] of sections.matchAll(/"([^"]+)": *"([^"]+)"/g)) if (name && file) nodes[name] = file;
  return { nodes };
}

describe('HTTP of a compartment', function () {
  this.timeout(30_000);
  let compartment: CompartmentUnderTest;
  beforeEach(async () => {
    compartment = await startCompartment();
  });
  afterEach(() => compartment.close());

  const routes = (): readonly Route[] =>
    compartment.supervisor.messages.flatMap((message) => (message.type === 'routes' ? [message.routes] : [])).at(-1) ??
    [];
  const socketPath = (): string => path.join(compartment.supervisor.directory, 'http.sock');
  const claims = (url: string): boolean =>
    routes().some((route) =>
      route.kind === 'pattern'
        ? new RegExp(route.regexp, route.flags).test(url.split('?', 1)[0] ?? '')
        : url.startsWith(route.path),
    );

  it('does not listen as long as nothing is served', async () => {
    await compartment.run(compartment.slice([tab('t1')]));
    assert.deepEqual(routes(), []);
    await assert.rejects(ask(socketPath(), 'GET', '/'));
  });

  it('tells a new supervisor what it serves before it says that it runs', async () => {
    const { supervisor } = compartment;
    const hears: FlowNode = { id: 'h', type: 'http in', z: 't1', x: 1, y: 1, url: '/a', method: 'get', wires: [[]] };
    await compartment.run(compartment.slice([tab('t1'), hears], { palette: [coreSet('httpin')] }));
    await supervisor.goDown();
    const from = supervisor.messages.length;
    await supervisor.comeBack();
    await supervisor.next('ready', from);
    const order = supervisor.messages.slice(from).map(({ type }) => type);
    assert.ok(order.includes('routes') && order.indexOf('routes') < order.indexOf('ready'), order.join());
  });

  it('answers an http-in route, and reports when a deploy changes it', async () => {
    const flow = (url: string): FlowNode[] => [
      tab('t1'),
      { id: 'h', type: 'http in', z: 't1', x: 1, y: 1, url, method: 'post', upload: false, wires: [['f']] },
      func('f', 't1', 'msg.payload = {got: msg.payload.n + 1}; return msg;', ['r']),
      { id: 'r', type: 'http response', z: 't1', x: 1, y: 1, statusCode: '', headers: {}, wires: [] },
    ];
    const palette = [coreSet('httpin'), coreSet('function')];
    await compartment.run(compartment.slice(flow('/first'), { palette }));
    await compartment.supervisor.next('routes');
    assert.deepEqual(routes(), [{ kind: 'pattern', methods: ['post'], regexp: '^\\/first\\/?$', flags: 'i' }]);
    const answer = await ask(socketPath(), 'POST', '/first', { body: { n: 41 } });
    assert.deepEqual(JSON.parse(answer.text), { got: 42 });
    assert.equal(answer.headers['x-powered-by'], undefined);
    await compartment.run(compartment.slice(flow('/second'), { palette }), 'nodes');
    await until(() => claims('/second') && !claims('/first'), { deadlineMs: 5000, what: 'the new route' });
    assert.equal((await ask(socketPath(), 'POST', '/first', { body: { n: 1 } })).status, 404);
  });

  it('refuses broken JSON before it comes to a flow', async () => {
    const flow = [
      tab('t1'),
      { id: 'h', type: 'http in', z: 't1', x: 1, y: 1, url: '/json', method: 'post', upload: false, wires: [['r']] },
      { id: 'r', type: 'http response', z: 't1', x: 1, y: 1, statusCode: '', headers: {}, wires: [] },
    ];
    await compartment.run(compartment.slice(flow, { palette: [coreSet('httpin')] }));
    await compartment.supervisor.next('routes');
    const response = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const asked = request({ socketPath: socketPath(), path: '/json', method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', reject);
      asked.end('{broken');
    });
    assert.equal(response, 400);
  });

  it('answers on a websocket listener', async () => {
    await compartment.run(
      compartment.slice(
        [
          tab('t1'),
          { id: 'l', type: 'websocket-listener', path: '/ws/echo', wholemsg: 'false' },
          { id: 'i', type: 'websocket in', z: 't1', x: 1, y: 1, server: 'l', client: '', wires: [['o']] },
          { id: 'o', type: 'websocket out', z: 't1', x: 1, y: 1, server: 'l', client: '', wires: [] },
        ],
        { palette: [coreSet('websocket')] },
      ),
    );
    await compartment.supervisor.next('routes');
    assert.ok(claims('/ws/echo'));
    const socket = new WebSocket(`ws+unix://${socketPath()}:/ws/echo`);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    socket.on('open', () => socket.send('hello'));
    socket.on('message', (data: Buffer) => resolve(data.toString()));
    socket.on('error', reject);
    assert.equal(await promise, 'hello');
    socket.close();
  });

  it('serves a dashboard with its socket.io', async () => {
    const directory = path.dirname(require.resolve('@flowfuse/node-red-dashboard/package.json'));
    const { nodes } = dashboardManifest(readFileSync(path.join(directory, 'package.json'), 'utf8'));
    const sets = ['ui-base', 'ui-theme', 'ui-page', 'ui-group', 'ui-text'];
    const palette = sets.map((set): PaletteEntry => {
      const file = nodes[set];
      assert.ok(file !== undefined, `the dashboard has a node set ${set}`);
      return {
        module: '@flowfuse/node-red-dashboard',
        set,
        types: [set],
        file: path.join(directory, file),
        enabled: true,
      };
    });
    const config = (type: string, more: Record<string, unknown>): FlowNode => ({
      id: `my ${type}`,
      type,
      name: type,
      ...more,
    });
    await compartment.run(
      compartment.slice(
        [
          tab('t1'),
          config('ui-base', { path: '/dashboard', navigationStyle: 'default' }),
          config('ui-theme', { colors: {}, sizes: {} }),
          config('ui-page', { ui: 'my ui-base', path: '/page1', layout: 'grid', theme: 'my ui-theme', order: 1 }),
          config('ui-group', { page: 'my ui-page', width: 6, height: 1, order: 1, showTitle: true }),
          {
            id: 'text',
            type: 'ui-text',
            z: 't1',
            x: 1,
            y: 1,
            group: 'my ui-group',
            order: 1,
            width: 0,
            height: 0,
            label: 'text',
            format: '{{msg.payload}}',
            layout: 'row-left',
            wires: [],
          },
        ],
        { palette },
      ),
    );
    await compartment.supervisor.next('routes');
    assert.equal(compartment.process.output().includes('[error]'), false, compartment.process.output());
    for (const url of [
      '/dashboard/',
      '/dashboard/page1',
      '/dashboard/socket.io/?EIO=4&transport=polling',
      '/dashboard/_setup',
    ]) {
      assert.ok(claims(url), `${url} is claimed`);
      assert.equal((await ask(socketPath(), 'GET', url)).status, 200, url);
    }
    assert.match((await ask(socketPath(), 'GET', '/dashboard/page1')).text, /<div id="app"/);
    const setup = await ask(socketPath(), 'GET', '/dashboard/_setup');
    assert.match(setup.text, /"socketio":\{"path":"\/dashboard\/socket.io"\}/);
  });
});
