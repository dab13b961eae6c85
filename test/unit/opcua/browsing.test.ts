import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { parseTopic } from '@bulkhead/core';
import { topicsByPath } from '../../../nodes/opcua/src/editing/topics-by-path.ts';
import { parseProbeQuestion } from '../../../nodes/opcua/src/probing/question.ts';
import { parseProbeResult } from '../../../nodes/opcua/src/probing/result.ts';
import { parseAddress } from '../../../nodes/opcua/src/protocol/address.ts';
import { portableAddress } from '../../../nodes/opcua/src/protocol/portable-address.ts';

describe('Addresses that the browse dialog writes', () => {
  const namespaces = ['http://opcfoundation.org/UA/', 'urn:server', 'urn:acme;50%'];

  it('name namespaces by their URI, or by the alias of the connection', () => {
    equal(portableAddress('ns=0;i=2258', namespaces, new Map()), 'i=2258');
    equal(portableAddress('ns=1;s=a;b', namespaces, new Map()), 'nsu=urn:server;s=a;b');
    equal(portableAddress('ns=2;i=7', namespaces, new Map()), 'nsu=urn:acme%3B50%25;i=7');
    equal(portableAddress('ns=2;i=7', namespaces, new Map([['acme', 'urn:acme;50%']])), 'nsu=acme;i=7');
    equal(portableAddress('ns=9;i=7', namespaces, new Map()), 'ns=9;i=7');
  });

  it('can all be read again', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (uri, name) => {
        const parsed = parseAddress(portableAddress(`ns=1;s=${name}`, ['', uri], new Map()));
        deepEqual(parsed, { ok: true, address: { kind: 'node', namespace: uri, id: `s=${name}` } });
      }),
    );
  });
});

describe('Topics that the browse dialog suggests', () => {
  it('follow the browse path below the location that the table has already', () => {
    const path = ['Plant', 'Füller 1', 'Temp.'];
    deepEqual(topicsByPath([path], []), ['umh.v1.enterprise.site._raw.Plant.Fueller_1.Temp']);
    deepEqual(topicsByPath([path], ['umh.v1.acme.plant1._raw.other.tag', 'not yet']), [
      'umh.v1.acme.plant1._raw.Plant.Fueller_1.Temp',
    ]);
  });

  it('are never taken twice', () => {
    const [first, second] = topicsByPath(
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      ['umh.v1.x._raw.a.b'],
    );
    deepEqual([first, second], ['umh.v1.x._raw.a.b_2', 'umh.v1.x._raw.a.b_3']);
  });

  it('keep the rules of topics whatever the server calls its nodes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 6 }), (path) => {
        const [topic = ''] = topicsByPath([path], []);
        equal(parseTopic(topic).ok, true, topic);
      }),
    );
  });
});

describe('Questions to a probe and its answers', () => {
  it('are read from anything without an exception', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        parseProbeQuestion(anything);
        parseProbeResult(anything);
        parseProbeQuestion({ kind: 'children', connection: {}, dialog: 'd', more: anything, path: anything });
        parseProbeResult({ kind: 'nodes', nodes: [anything, { path: anything }] });
        parseProbeResult({ kind: 'tested', endpoints: [{ failure: { certificate: anything } }], namespaces: anything });
      }),
    );
  });
});
