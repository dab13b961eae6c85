import { deepEqual, equal } from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';

const require = createRequire(import.meta.url);
const built = path.resolve(import.meta.dirname, '../../../nodes/s7/dist/s7-connection.js');

interface Route {
  url: string;
  guard: unknown;
  handle: (request: object, response: object) => void;
}

function isRegister(candidate: unknown): candidate is (red: object) => void {
  return typeof candidate === 'function';
}

/** Registers the built node with as much of Node-RED as it asks for. */
function routes(): Route[] {
  const found: Route[] = [];
  const red = {
    nodes: { registerType: () => {} },
    auth: { needsPermission: (permission: string) => `needs ${permission}` },
    httpAdmin: {
      post: (url: string, guard: unknown, handle: Route['handle']) => void found.push({ url, guard, handle }),
    },
  };
  const register: unknown = require(built);
  if (!isRegister(register)) throw new TypeError('build first');
  register(red);
  return found;
}

function ask(body: unknown): Promise<unknown> {
  const [route] = routes();
  return new Promise((resolve) => route?.handle({ body }, { json: resolve }));
}

describe('the route that tests an S7 connection', function () {
  this.timeout(20_000);

  it('asks for the right to change flows', () => {
    deepEqual(
      routes().map(({ url, guard }) => [url, guard]),
      [['/s7-connection/probe', 'needs flows.write']],
    );
  });

  it('answers what a browser may send by mistake or on purpose with a reason, and no process', async () => {
    const connection = { host: 'x' };
    const tags = Array.from({ length: 201 }, () => ({ address: 'MW0', type: '' }));
    for (const body of [
      undefined,
      null,
      7,
      {},
      { kind: 'test' },
      { kind: 'format', connection },
      { kind: 'values', connection, tags },
    ]) {
      deepEqual(await ask(body), { ok: false, reason: 'the question cannot be read' });
    }
  });

  it('takes variables of the environment as a deployed flow does', async () => {
    process.env['S7_TEST_HOST'] = '127.0.0.1';
    const answer = await ask({
      kind: 'test',
      connection: { host: ['$', '{S7_TEST_HOST}'].join(''), port: '1', timeoutMs: '1000' },
    });
    delete process.env['S7_TEST_HOST'];
    const result = isRecord(answer) ? answer['result'] : undefined;
    equal(isRecord(result) && result['reason'], 'connect ECONNREFUSED 127.0.0.1:1');
  });
});
