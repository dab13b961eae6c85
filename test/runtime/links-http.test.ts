import assert from 'node:assert/strict';
import path from 'node:path';
import type { FlowNode } from '../../packages/runtime/src/protocol/messages.ts';
import { func, tab } from '../support/compartment.ts';
import { ask } from '../support/editor.ts';
import {
  type LinkedCompartments,
  linkCall,
  linkIn,
  linkOut,
  linkReturn,
  startLinked,
} from '../support/linked-compartments.ts';

const httpIn = (z: string, method: string, url: string, to: string): FlowNode => ({
  id: `${method}${url}`,
  type: 'http in',
  z,
  x: 1,
  y: 1,
  url,
  method,
  upload: false,
  wires: [[to]],
});
const httpResponse = (id: string, z: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'http response',
  z,
  x: 1,
  y: 1,
  statusCode: '',
  headers: {},
  wires: [],
  ...more,
});

describe('HTTP over links between compartments', function () {
  this.timeout(40_000);
  let linked: LinkedCompartments;
  afterEach(() => linked.close());

  const request = async (method: string, url: string, body?: unknown) => {
    const a = linked.tab('a');
    await a.supervisor.next('routes');
    return ask(path.join(a.supervisor.directory, 'http.sock'), method, url, body === undefined ? {} : { body });
  };

  it('answers a request of one tab with the http response of another, over a third', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      tab('c'),
      httpIn('a', 'post', '/order/:id', 'out'),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['work']),
      func(
        'work',
        'b',
        `msg.payload = { n: msg.payload.n + 1, id: msg.req.params.id, q: msg.req.query.q, type: msg.req.get("Content-Type"), same: msg.req.body === undefined };
         msg.headers = { "x-from": "b" }; msg.cookies = { visit: { value: "7", path: "/" } }; msg.statusCode = 201; return msg;`,
        ['on'],
      ),
      linkOut('on', 'b', ['last']),
      linkIn('last', 'c', ['response']),
      httpResponse('response', 'c'),
    ]);
    const answer = await request('POST', '/order/42?q=x', { n: 1 });
    assert.equal(answer.status, 201);
    assert.deepEqual(JSON.parse(answer.text), { n: 2, id: '42', q: 'x', type: 'application/json', same: false });
    assert.equal(answer.headers['x-from'], 'b');
    assert.match(String(answer.headers['set-cookie']), /visit=7/);
  });

  it('lets another tab ask the request for its types, and pipe a stream into the response', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      httpIn('a', 'post', '/piped', 'out'),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['pipe']),
      func(
        'pipe',
        'b',
        `const { req } = msg;
         const said = JSON.stringify([req.is("json"), req.is("html"), req.accepts("html", "json"), req.get("content-type"), Object.keys(req).includes("get")]);
         msg.res._res.type("text/plain"); st.Readable.from([said, Buffer.from("!")]).pipe(msg.res._res);`,
        [],
        { libs: [{ var: 'st', module: 'stream' }] },
      ),
    ]);
    const { status, text, headers } = await request('POST', '/piped', { n: 1 });
    assert.deepEqual([status, text], [200, '["json",false,"html","application/json",false]!']);
    assert.match(String(headers['content-type']), /^text\/plain/);
  });

  it('answers with bytes, and where the request began, after a link call', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      httpIn('a', 'get', '/bytes', 'out'),
      linkOut('out', 'a', ['bytes']),
      linkIn('bytes', 'b', ['make']),
      func('make', 'b', 'msg.payload = Buffer.from([1, 2, 255]); return msg;', ['response']),
      httpResponse('response', 'b', { headers: { 'content-type': 'application/x-own' } }),
      httpIn('a', 'get', '/called', 'call'),
      linkCall('call', 'a', 'called', ['home']),
      linkIn('called', 'b', ['say']),
      func('say', 'b', 'msg.payload = "called"; return msg;', ['back']),
      linkReturn('back', 'b'),
      httpResponse('home', 'a'),
    ]);
    const bytes = await request('GET', '/bytes');
    assert.equal(bytes.headers['content-type'], 'application/x-own');
    assert.equal(bytes.headers['content-length'], '3');
    assert.equal((await request('GET', '/called')).text, 'called');
  });

  it('answers for a tab that ended with a request in its hands', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      httpIn('a', 'get', '/waits', 'out'),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['waits']),
      func('waits', 'b', 'flow.set("got", true);', []),
    ]);
    const answer = request('GET', '/waits');
    await linked.eventually('b', 'got');
    await linked.kill('b');
    const { status, text } = await answer;
    assert.deepEqual([status, text], [503, 'The tab that was to answer this request has ended.\n']);
  });
});
