import assert from 'node:assert/strict';
import { routesOfApp, routesOfNodes } from '../../../packages/runtime/src/compartment/routes.ts';

describe('routes of a compartment', () => {
  it('are the layers of the router, without middleware on / and without doubles', () => {
    const post = { name: 'bound dispatch', regexp: /^\/a\/?$/i, route: { path: '/a', methods: { post: true } } };
    const all = { name: 'bound dispatch', regexp: /^\/b\/?$/i, route: { path: '/b', methods: { _all: true } } };
    const mounted = { name: 'serveStatic', regexp: /^\/ui\/?(?=\/|$)/i };
    const middleware = { name: 'cookieParser', regexp: Object.assign(/^\/?(?=\/|$)/i, { fast_slash: true }) };
    const routes = routesOfApp([
      { name: 'query', regexp: /x/ },
      { name: 'expressInit', regexp: /x/ },
      middleware,
      post,
      post,
      all,
      mounted,
    ]);
    assert.deepEqual(routes, [
      { kind: 'pattern', methods: ['post'], regexp: '^\\/a\\/?$', flags: 'i' },
      { kind: 'pattern', methods: [], regexp: '^\\/b\\/?$', flags: 'i' },
      { kind: 'pattern', methods: [], regexp: '^\\/ui\\/?(?=\\/|$)', flags: 'i' },
    ]);
  });

  it('take HEAD where they take GET', () => {
    const get = { name: 'bound dispatch', regexp: /^\/a\/?$/i, route: { path: '/a', methods: { get: true } } };
    assert.deepEqual(routesOfApp([get])[0], {
      kind: 'pattern',
      methods: ['get', 'head'],
      regexp: '^\\/a\\/?$',
      flags: 'i',
    });
  });

  it('are also the paths of websocket listeners and dashboards, not those of websocket clients or disabled nodes', () => {
    const routes = routesOfNodes([
      { id: '1', type: 'websocket-listener', path: 'ws/a/' },
      { id: '2', type: 'websocket-listener', path: 'wss://elsewhere/ws' },
      { id: '3', type: 'ui-base', path: '/dashboard' },
      { id: '4', type: 'ui-base', path: '/dashboard' },
      { id: '5', type: 'websocket-listener', path: '/off', d: true },
    ]);
    assert.deepEqual(routes, [
      { kind: 'prefix', path: '/ws/a' },
      { kind: 'prefix', path: '/dashboard' },
    ]);
  });
});
