import { deepEqual, equal, match } from 'node:assert/strict';
import fc from 'fast-check';
import { escapeName, escapeUri, parseAddress } from '../../../nodes/opcua/src/protocol/address.ts';

describe('Address of an OPC UA node', () => {
  const nodes: Array<[string, object]> = [
    ['i=2258', { kind: 'node', namespace: 0, id: 'i=2258' }],
    ['ns=2;s=Line1.Speed', { kind: 'node', namespace: 2, id: 's=Line1.Speed' }],
    [
      'ns=3;g=72962B91-FA75-4AE6-8D28-B404DC7DAF63',
      { kind: 'node', namespace: 3, id: 'g=72962B91-FA75-4AE6-8D28-B404DC7DAF63' },
    ],
    ['ns=1;b=M/RbKBsRVkePCePcx24oRA==', { kind: 'node', namespace: 1, id: 'b=M/RbKBsRVkePCePcx24oRA==' }],
    ['nsu=urn:acme:filler;s=a;b', { kind: 'node', namespace: 'urn:acme:filler', id: 's=a;b' }],
    ['nsu=http://acme.com/UA/;i=7', { kind: 'node', namespace: 'http://acme.com/UA/', id: 'i=7' }],
    ['nsu=urn:a%3Bb%25c;i=7', { kind: 'node', namespace: 'urn:a;b%c', id: 'i=7' }],
    ['nsu=filler;s=Speed', { kind: 'node', namespace: 'filler', id: 's=Speed' }],
  ];
  for (const [text, address] of nodes) {
    it(`reads ${text}`, () => deepEqual(parseAddress(text), { ok: true, address }));
  }

  const path = (...steps: Array<[number | string, string]>) => ({
    ok: true,
    address: { kind: 'path', steps: steps.map(([namespace, name]) => ({ namespace, name })) },
  });
  const paths: Array<[string, object]> = [
    ['/Objects/1:Filler/1:Temperature', path([0, 'Objects'], [1, 'Filler'], [1, 'Temperature'])],
    ['/Objects/plant:Line 1/2:State.Now', path([0, 'Objects'], ['plant', 'Line 1'], [2, 'State.Now'])],
    ['/Root/Objects', path([0, 'Objects'])],
    ['/Objects/2:a&/b&:c&&d', path([0, 'Objects'], [2, 'a/b:c&d'])],
    ['/Objects/&1&:x', path([0, 'Objects'], [0, '1:x'])],
  ];
  for (const [text, address] of paths) {
    it(`reads the browse path ${text}`, () => deepEqual(parseAddress(text), address));
  }

  const wrong: Array<[string, RegExp]> = [
    ['', /must look like ns=2;s=Speed/],
    ['Speed', /must look like/],
    ['s=', /must look like/],
    ['ns=65536;i=1', /namespace index is at most 65535/],
    ['i=4294967296', /number is at most 4294967295/],
    ['nsu=;s=x', /must look like/],
    ['/', /is no name in a browse path/],
    ['/Objects//2:x', /"" is no name/],
    ['/Objects/x y:z', /"x y:z" is no name/],
    ['/Objects/2:', /"2:" is no name/],
  ];
  for (const [text, reason] of wrong) {
    it(`says what is wrong with "${text}"`, () => {
      const parsed = parseAddress(text);
      match(parsed.ok ? 'nothing' : parsed.reason, reason);
    });
  }

  it('takes any browse name and any URI once they are escaped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
        deepEqual(parseAddress(`/Objects/2:${escapeName(name)}`), path([0, 'Objects'], [2, name]));
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (uri) => {
        const parsed = parseAddress(`nsu=${escapeUri(uri)};i=1`);
        equal(parsed.ok && parsed.address.kind === 'node' && parsed.address.namespace, uri);
      }),
    );
  });

  it('throws at nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof parseAddress(text).ok === 'boolean'));
  });
});
