import * as n from '../../support/compatibility/nodes.ts';
import { askRaw } from '../../support/raw-http.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';

const json = { 'content-type': 'application/json' };

export const httpFlows: readonly Scenario[] = [
  {
    name: 'an http response on another tab answers',
    outputs: 3,
    flows: [
      n.tab('ha1'),
      n.tab('ha2'),
      n.httpIn('ha-in', 'ha1', 'post', '/ha/:what', ['ha-out']),
      n.linkOut('ha-out', 'ha1', ['ha-l']),
      n.linkIn('ha-l', 'ha2', ['ha-f'], ['ha-out']),
      n.func(
        'ha-f',
        'ha2',
        `const { what } = msg.req.params;
         msg.statusCode = what === "teapot" ? 418 : 200;
         msg.headers = { "x-custom": msg.req.get("x-asked") ?? "none" };
         msg.cookies = { session: { value: "abc", path: "/" }, old: null };
         msg.payload = { what, query: msg.req.query, body: msg.payload, cookies: msg.req.cookies };
         return msg;`,
        ['ha-r'],
      ),
      n.httpResponse('ha-r', 'ha2'),
    ],
    async drive({ ask }) {
      await ask('/ha/coffee?sugar=2&milk=', {
        method: 'POST',
        headers: { ...json, 'x-asked': 'yes' },
        body: '{"a":[1]}',
      });
      await ask('/ha/teapot', {
        method: 'POST',
        headers: { cookie: 'who=me' },
        body: new URLSearchParams({ form: 'filled' }),
      });
      await ask('/ha/nothing', { method: 'POST' });
    },
  },
  {
    name: 'http in takes every method and kind of body',
    outputs: 9,
    flows: [
      n.tab('hb1'),
      ...['get', 'post', 'put', 'delete', 'patch'].map((method) =>
        n.httpIn(`hb-${method}`, 'hb1', method, '/hb', ['hb-f']),
      ),
      n.func(
        'hb-f',
        'hb1',
        `const body = Buffer.isBuffer(msg.payload) ? "buffer " + msg.payload.toString("hex") : msg.payload;
         msg.payload = { method: msg.req.method, body };
         return msg;`,
        ['hb-r'],
      ),
      n.httpResponse('hb-r', 'hb1', { statusCode: '201', headers: { 'x-custom': 'set in the node' } }),
      n.httpIn('hb-big', 'hb1', 'post', '/hb/big', ['hb-r']),
    ],
    async drive({ ask }) {
      await ask('/hb?a=1&a=2');
      for (const method of ['PUT', 'DELETE', 'PATCH']) await ask('/hb', { method, headers: json, body: '{"n":1}' });
      await ask('/hb', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'plain' });
      await ask('/hb', {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.from([0, 255]),
      });
      await ask('/hb', { method: 'POST', headers: json, body: '{broken' });
      await ask('/hb', { method: 'HEAD' });
      await ask('/hb/big', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(6_000_000) });
    },
  },
  {
    name: 'of two tabs with the same route the first in the flow file answers',
    outputs: 2,
    flows: [
      n.tab('hc1'),
      n.tab('hc2'),
      ...['1', '2'].flatMap((tab) => [
        n.httpIn(`hc-in${tab}`, `hc${tab}`, 'get', '/hc', [`hc-f${tab}`]),
        n.httpIn(`hc-id${tab}`, `hc${tab}`, 'get', tab === '1' ? '/hc/:any' : '/hc/fixed', [`hc-f${tab}`]),
        n.func(`hc-f${tab}`, `hc${tab}`, `msg.payload = "tab ${tab}"; return msg;`, [`hc-r${tab}`]),
        n.httpResponse(`hc-r${tab}`, `hc${tab}`),
      ]),
    ],
    async drive({ ask }) {
      await ask('/hc');
      await ask('/hc/fixed');
    },
  },
  {
    name: 'an http request sends the credentials of its node',
    outputs: 2,
    flows: [
      n.tab('hd1'),
      n.tab('hd2'),
      n.inject('hd-go', 'hd1', ['hd-req']),
      n.node('http request', 'hd-req', 'hd1', ['hd-f'], {
        method: 'GET',
        ret: 'obj',
        paytoqs: 'ignore',
        url: 'http://@address@/hd',
        authType: 'basic',
        credentials: { user: 'operator', password: 'a secret' },
      }),
      n.func('hd-f', 'hd1', 'return { payload: msg.payload, status: msg.statusCode, credentials: node.credentials };', [
        'hd-d',
      ]),
      n.debug('hd-d', 'hd1'),
      n.inject('hd-bad', 'hd1', ['hd-req2']),
      n.node('http request', 'hd-req2', 'hd1', ['hd-f'], {
        method: 'GET',
        ret: 'txt',
        url: 'http://@address@/hd/nowhere',
        paytoqs: 'ignore',
      }),
      n.httpIn('hd-in', 'hd2', 'get', '/hd', ['hd-e']),
      n.func('hd-e', 'hd2', 'msg.payload = { authorization: msg.req.headers.authorization }; return msg;', ['hd-r']),
      n.httpResponse('hd-r', 'hd2'),
    ],
    async drive({ press, came }) {
      await press('hd-go');
      await came(1);
      await press('hd-bad');
    },
  },
  {
    name: 'a flow answers pages of other origins',
    outputs: 4,
    flows: [
      n.tab('he1'),
      n.httpIn('he-get', 'he1', 'get', '/he', ['he-f']),
      n.httpIn('he-post', 'he1', 'post', '/he', ['he-f']),
      n.func('he-f', 'he1', 'msg.payload = { origin: msg.req.headers.origin, body: msg.payload }; return msg;', [
        'he-r',
      ]),
      n.httpResponse('he-r', 'he1', { headers: { 'access-control-allow-origin': '*' } }),
    ],
    async drive({ ask }) {
      const origin = 'http://hmi.example:8080';
      await ask('/he', { headers: { origin } });
      await ask('/he', { method: 'POST', headers: { ...json, origin: 'null' }, body: '{"n":1}' });
      await ask('/he', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
      await ask('/he/nowhere', { method: 'OPTIONS' });
    },
  },
  {
    name: 'a flow sees its request as the client wrote it, and who the client is',
    outputs: 4,
    flows: [
      n.tab('hf1'),
      n.tab('hf2'),
      ...['get', 'post'].map((method) => n.httpIn(`hf-${method}`, 'hf1', method, '/hf', ['hf-f'])),
      n.func(
        'hf-f',
        'hf1',
        `const { req } = msg;
         const socket = req.socket === req.connection && [req.socket.remoteAddress, typeof req.socket.remotePort];
         const { ip, ips, protocol, hostname, httpVersion, rawHeaders, headers, trailers, url } = req;
         msg.payload = { ip, ips, protocol, hostname, httpVersion, rawHeaders, headers, trailers, url, socket };
         return msg;`,
        ['hf-r'],
      ),
      n.httpResponse('hf-r', 'hf1'),
      n.httpIn('hf-far', 'hf1', 'get', '/hf/far', ['hf-out']),
      n.linkOut('hf-out', 'hf1', ['hf-in']),
      n.linkIn('hf-in', 'hf2', ['hf-f2'], ['hf-out']),
      n.func('hf-f2', 'hf2', 'msg.payload = [msg.req.ip, msg.req.headers, msg.req.rawHeaders]; return msg;', ['hf-r2']),
      n.httpResponse('hf-r2', 'hf2'),
    ],
    async drive({ subject, add }) {
      const port = Number(new URL(subject.url).port);
      const raw = async (what: string, ...lines: string[]): Promise<void> => {
        const text = await askRaw(lines.join('\r\n'), { port, from: '127.0.0.2' });
        add(what, text.replace(/^(?:Date|ETag): .*\r\n/gim, '').split('\r\n'));
      };
      const proxied = ['X-Forwarded-For: 10.1.2.3', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: plant.example'];
      await raw(
        'twice',
        'GET /hf?a=1 HTTP/1.1',
        'Host: gateway',
        'X-A: 1',
        'x-a: 2',
        ...proxied,
        'Connection: close',
        '',
        '',
      );
      await raw('HTTP 1.0', 'POST /hf HTTP/1.0', 'Content-Type: text/plain', 'Content-Length: 3', '', 'abc');
      await raw(
        'trailers',
        ...['POST /hf HTTP/1.1', 'Host: gateway', 'Transfer-Encoding: chunked', 'Connection: close'],
        ...['Content-Type: text/plain', '', '3', 'abc', '0', 'X-T: 5', '', ''],
      );
      await raw('far', 'GET /hf/far HTTP/1.1', 'Host: gateway', 'X-A: 1', 'Connection: close', '', '');
    },
  },
  {
    name: 'a flow has the paths below those of the editor that the editor does not serve',
    outputs: 8,
    flows: [
      n.tab('hg1'),
      ...['/debug/status', '/library/books', '/types/list', '/auth/mine', '/nodes/x/y/z', '/flow/a/b', '/settings'].map(
        (url, at) => n.httpIn(`hg-${at}`, 'hg1', 'get', url, ['hg-f']),
      ),
      n.httpIn('hg-post', 'hg1', 'post', '/debug/status', ['hg-f']),
      n.func('hg-f', 'hg1', 'msg.payload = [msg.req.url, msg.payload]; return msg;', ['hg-r']),
      n.httpResponse('hg-r', 'hg1'),
    ],
    async drive({ ask }) {
      const paths = ['/debug/status?a=1', '/library/books', '/types/list', '/auth/mine', '/nodes/x/y/z', '/flow/a/b'];
      for (const path of paths) await ask(path);
      await ask('/debug/status', { method: 'POST', headers: json, body: '{"a":[1]}' });
      await ask('/flow/none');
    },
  },
  {
    name: 'the admin API says that there is no such context store, and that what is disabled is not there',
    outputs: 4,
    flows: [
      n.tab('hh1'),
      n.inject('hh-off', 'hh1', [], { d: true }),
      n.tab('hh2', { disabled: true }),
      n.inject('hh-with-tab', 'hh2', []),
    ],
    async drive({ ask }) {
      await ask('/context/flow/hh1?store=none');
      await ask('/context/global/x?store=none', { method: 'DELETE' });
      await ask('/inject/hh-off', { method: 'POST' });
      await ask('/inject/hh-with-tab', { method: 'POST' });
    },
  },
];
