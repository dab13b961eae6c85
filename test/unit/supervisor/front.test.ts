import assert from 'node:assert/strict';
import { checkHost } from '../../../packages/runtime/src/supervisor/front/host-check.ts';
import { type CompartmentRoutes, route } from '../../../packages/runtime/src/supervisor/front/routing.ts';
import { cpuTicksOf, rssBytesOf } from '../../../packages/runtime/src/supervisor/process-sampler.ts';

describe('the host check', () => {
  const rule = { hosts: ['plant.example'], boundTo: '127.0.0.1' };
  const cases: [host: string | undefined, origin: string | undefined, status: number | 'ok'][] = [
    ['127.0.0.1:1880', undefined, 'ok'],
    ['localhost:1880', 'http://localhost:1880', 'ok'],
    ['LOCALHOST:1880', 'http://localhost:1880', 'ok'],
    ['[::1]:1880', undefined, 'ok'],
    ['plant.example', 'https://plant.example', 'ok'],
    [undefined, undefined, 400],
    ['', undefined, 400],
    ['evil.example:1880', undefined, 421],
    ['127.0.0.1.evil.example', undefined, 421],
    ['localhost@evil.example', undefined, 421],
    ['localhost:1880', 'http://evil.example', 403],
    ['localhost:1880', 'http://localhost:9999', 403],
    ['localhost:1880', 'null', 403],
    ['bad host', undefined, 421],
  ];
  for (const [host, origin, expected] of cases) {
    it(`answers ${expected} to Host ${host ?? '(none)'} with Origin ${origin ?? '(none)'}`, () => {
      const verdict = checkHost(rule, host, origin);
      assert.equal(verdict.ok ? 'ok' : verdict.status, expected);
    });
  }
});

describe('the routing of the front', () => {
  const compartments: CompartmentRoutes[] = [
    {
      compartmentId: 'a',
      socketPath: '/a',
      routes: [{ kind: 'pattern', methods: ['get'], regexp: '^\\/hello\\/?$', flags: 'i' }],
    },
    {
      compartmentId: 'b',
      socketPath: '/b',
      routes: [
        { kind: 'prefix', path: '/dashboard' },
        { kind: 'pattern', methods: ['get'], regexp: '^.*$', flags: '' },
      ],
    },
  ];
  const to = (method: string, path: string): string => {
    const destination = route(method, path, compartments);
    return destination.kind === 'compartment' ? destination.compartmentId : destination.kind;
  };
  it('keeps its own paths from everybody', () => {
    assert.deepEqual(
      ['/healthz', '/readyz', '/metrics', '/bulkhead/plan', '/bulkhead'].map((path) => to('GET', path)),
      Array(5).fill('own'),
    );
  });
  it('gives the editor and its admin API to the editor, even where a flow claims everything', () => {
    assert.deepEqual(
      ['/', '/flows', '/red/red.min.js', '/comms', '/inject/123'].map((path) => to('GET', path)),
      Array(5).fill('editor'),
    );
  });
  it('gives a route to the compartment that serves it, by method', () => {
    assert.equal(to('GET', '/hello'), 'a');
    assert.equal(to('OPTIONS', '/hello'), 'a');
    assert.equal(to('POST', '/hello'), 'unknown');
  });
  it('gives everything below a prefix to its compartment, but not its neighbours by name', () => {
    assert.equal(to('POST', '/dashboard/socket.io/'), 'b');
    assert.equal(to('POST', '/dashboards'), 'unknown');
  });
  it('gives a dashboard to the process that has it, not to one that still has its routes', () => {
    const routes = [{ kind: 'prefix', path: '/dashboard' }] as const;
    const old: CompartmentRoutes = { compartmentId: 'old', socketPath: '/old', routes };
    const now: CompartmentRoutes = { compartmentId: 'new', socketPath: '/new', routes };
    const plan = [{ compartmentId: 'new', path: '/dashboard' }];
    const { routes: _routes, ...there } = now;
    assert.deepEqual(route('GET', '/dashboard/page', [old, now], plan), { kind: 'compartment', ...there });
    assert.deepEqual(route('GET', '/dashboard/page', [old], plan), { kind: 'away', compartmentId: 'new' });
    assert.equal(route('GET', '/dashboards', [old], plan).kind, 'unknown');
  });
});

describe('the process sampler', () => {
  it('reads CPU ticks past a command that holds spaces and parentheses', () => {
    const fields = ['S', ...Array.from({ length: 40 }, (_, index) => String(index + 4))];
    assert.equal(cpuTicksOf(`42 (node) evil (x)) ${fields.join(' ')}`), 14 + 15);
  });
  it('reads resident memory, and nothing from a process without memory', () => {
    assert.equal(rssBytesOf('Name:\tnode\nVmRSS:\t   74000 kB\nThreads:\t7\n'), 74_000 * 1024);
    assert.equal(rssBytesOf('Name:\tnode\nState:\tZ (zombie)\n'), null);
  });
});
