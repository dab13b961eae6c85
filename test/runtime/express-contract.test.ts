/**
 * What the forwarding of admin routes and the list of a compartment's routes take for granted of express 4's inside, one
 * test per assumption.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { forwardAdminRoutes } from '../../packages/runtime/src/editor/admin-routes.ts';
import { answerLocally } from '../../packages/runtime/src/editor/local-answer.ts';
import { revivedRequest } from '../../packages/runtime/src/compartment/links/request-snapshot.ts';
import { routesOfApp } from '../../packages/runtime/src/compartment/routes.ts';
import { dispatchToApp } from '../../packages/runtime/src/node-red/app-dispatch.ts';
import { isExpressApp, isExpressRouter } from '../../packages/runtime/src/node-red/express-parts.ts';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';
import {
  type ExpressApp,
  type ExpressRouter,
  type Handler,
  loadExpress,
} from '../../packages/runtime/src/node-red/internals.ts';

const express = loadExpress();

function createRouter(): ExpressRouter & Pick<ExpressApp, 'get'> {
  const router: unknown = Reflect.get(express, 'Router');
  const made: unknown = typeof router === 'function' ? Reflect.apply(router, express, []) : undefined;
  if (!isExpressRouter(made) || !hasVerbs(made)) throw new Error('express.Router() makes no router that we know');
  return made;
}
const hasVerbs = (router: ExpressRouter): router is ExpressRouter & Pick<ExpressApp, 'get'> => 'get' in router;

const here: Handler = (_request, response) => response.end('here');
const ask = async (app: ExpressApp, url: string) => {
  const { status, headers, body } = await dispatchToApp(
    app,
    { method: 'GET', url, headers: {}, body: undefined },
    2_000,
  );
  return { status, headers, text: Buffer.from(body).toString() };
};
/** An app whose routes of the node "n" are forwarded, as the editor process has it. */
const forwarding = (): ExpressApp => {
  const app = express();
  forwardAdminRoutes(app, {
    isNode: (id) => id === 'n',
    forward: async () => ({ status: 200, headers: {}, body: Buffer.from('there') }),
  });
  return app;
};

describe('express 4 is inside as Bulkhead needs it', () => {
  it('it is version 4 (http-front.ts)', () => {
    const manifest: unknown = createRequire(createRequire(import.meta.url).resolve('@node-red/runtime'))(
      'express/package.json',
    );
    assert.ok(isRecord(manifest));
    assert.match(String(manifest['version']), /^4\./);
  });

  it('apps and routers are functions that are told apart by set and handle, and by stack (express-parts.ts)', () => {
    const [app, router] = [express(), createRouter()];
    assert.deepEqual([isExpressApp(app), isExpressRouter(app)], [true, false]);
    assert.deepEqual([isExpressApp(router), isExpressRouter(router)], [false, true]);
  });

  it('a verb of an app is a method that can be replaced before it is called (admin-routes.ts)', async () => {
    const app = forwarding();
    app.get('/a/:id', here);
    app.route('/b/:id').get(here);
    assert.deepEqual([(await ask(app, '/a/n')).text, (await ask(app, '/a/x')).text], ['there', 'here']);
    assert.equal((await ask(app, '/b/n')).text, 'there');
  });

  it('the layers of a router keep the handlers that they call, each route in a stack of its own (admin-routes.ts)', async () => {
    const [app, router] = [forwarding(), createRouter()];
    router.get('/:id', (_request, _response, next) => next(), here);
    app.use('/r', router);
    assert.deepEqual([(await ask(app, '/r/n')).text, (await ask(app, '/r/x')).text], ['there', 'here']);
  });

  it('so do those of an app in its _router, which begins with query and expressInit (admin-routes.ts)', async () => {
    const [app, mounted] = [forwarding(), express()];
    mounted.get('/:id', here);
    assert.deepEqual(
      mounted._router?.stack.map(({ name }) => name),
      ['query', 'expressInit', 'bound dispatch'],
    );
    app.use('/m', mounted);
    assert.deepEqual([(await ask(app, '/m/n')).text, (await ask(app, '/m/x')).text], ['there', 'here']);
  });

  it('the verbs of a router go through its route, also once it is in use (admin-routes.ts)', async () => {
    const [app, router] = [forwarding(), createRouter()];
    app.use('/r', router);
    router.get('/:id', here);
    assert.equal((await ask(app, '/r/n')).text, 'there');
  });

  it('a check of a parameter gets the value fourth (admin-routes.ts)', async () => {
    const app = forwarding();
    app.param('id', (_request, response) => response.end('no such node'));
    app.get('/p/:id', here);
    assert.deepEqual([(await ask(app, '/p/n')).text, (await ask(app, '/p/x')).text], ['there', 'no such node']);
  });

  it('what express adds to a response is in its prototype, for another response to have (local-answer.ts)', async () => {
    const app = express();
    let taken: unknown;
    const refuse: Handler = (_request, response) => {
      const status: unknown = Reflect.get(response, 'status');
      const answer: unknown = typeof status === 'function' ? Reflect.apply(status, response, [403]) : response;
      assert.equal(answer, response);
      response.end();
    };
    app.get('/a', (request, response) => {
      void answerLocally(refuse, request, response).then((how) => {
        taken = how;
        response.end('asked');
      });
    });
    assert.equal((await ask(app, '/a')).text, 'asked');
    assert.deepEqual(taken, { kind: 'answered', status: 403 });
  });

  it('a route for all methods says so by _all; a path is a regexp that tells it from others (routes.ts)', () => {
    const app = express();
    app.route('/all/:x').all(here);
    app.get('/get', here);
    app.use((_request: unknown, _response: unknown, next: () => void) => next());
    const routes = routesOfApp(app._router?.stack ?? []);
    assert.deepEqual(
      routes.map((route) => (route.kind === 'pattern' ? route.methods : route)),
      [[], ['get', 'head']],
    );
    const [all] = routes;
    assert.ok(all?.kind === 'pattern' && new RegExp(all.regexp, all.flags).test('/all/1'));
  });

  it('the methods of a request that tell types and languages look at nothing but headers (request-snapshot.ts)', () => {
    const headers = {
      'content-type': 'application/json',
      'content-length': '2',
      accept: 'text/html',
      range: 'bytes=0-1',
    };
    const request = revivedRequest({ headers });
    const ask = (name: string, ...args: unknown[]): unknown => {
      const method = request[name];
      return typeof method === 'function' ? Reflect.apply(method, request, args) : `no ${name}`;
    };
    assert.equal(ask('is', 'json'), 'json');
    assert.equal(ask('accepts', 'json', 'html'), 'html');
    assert.equal(ask('acceptsLanguages', 'de'), 'de');
    assert.equal(ask('acceptsCharsets', 'utf-8'), 'utf-8');
    assert.equal(ask('acceptsEncodings', 'identity'), 'identity');
    assert.equal(ask('get', 'Accept'), 'text/html');
    assert.equal(ask('header', 'accept'), 'text/html');
    assert.ok(Array.isArray(ask('range', 10)));
    assert.deepEqual(Object.keys(request), ['headers']);
  });
});
