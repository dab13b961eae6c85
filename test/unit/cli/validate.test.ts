import { deepEqual, doesNotMatch, equal } from 'node:assert/strict';
import { clearSecrets } from '../../../packages/runtime/src/cli/validate/clear-secrets.ts';
import { duplicateIds } from '../../../packages/runtime/src/cli/validate/duplicate-ids.ts';
import { duplicatePublishers } from '../../../packages/runtime/src/cli/validate/duplicate-publishers.ts';
import { flowsOf } from '../../../packages/runtime/src/cli/validate/finding.ts';
import { missingConfigs } from '../../../packages/runtime/src/cli/validate/missing-configs.ts';
import { typesIn } from '../../../packages/runtime/src/cli/validate/palette-scan.ts';
import { subflowLoops } from '../../../packages/runtime/src/cli/validate/subflow-loops.ts';
import { unknownTypes } from '../../../packages/runtime/src/cli/validate/unknown-types.ts';
import type { FlowNode } from '../../../packages/runtime/src/protocol/messages.ts';

const tab: FlowNode = { id: 'tab', type: 'tab', label: 'Filler' };
const off: FlowNode = { id: 'off', type: 'tab', label: 'Off', disabled: true };
const flows = (...nodes: FlowNode[]) => flowsOf([tab, off, ...nodes]);

describe('validate: unknown types', () => {
  const known = new Set(['inject']);
  const of = (...nodes: FlowNode[]) => unknownTypes(flows(...nodes), known).map(({ message }) => message);

  it('names a type once, with the number of its nodes', () => {
    deepEqual(
      of({ id: 'a', type: 'nix', z: 'tab' }, { id: 'b', type: 'nix', z: 'tab' }, { id: 'c', type: 'inject', z: 'tab' }),
      ['no installed palette has the type "nix" (2 nodes use it)'],
    );
  });

  it('says where the node stands', () => {
    const [finding] = unknownTypes(flows({ id: 'a', type: 'nix', z: 'tab', name: 'press' }), known);
    deepEqual([finding?.rule, finding?.nodeId, finding?.where], ['unknown-type', 'a', 'Filler / press (nix)']);
  });

  for (const [what, node] of [
    ['on a disabled tab', { id: 'a', type: 'nix', z: 'off' }],
    ['that is disabled', { id: 'a', type: 'nix', z: 'tab', d: true }],
  ] as const) {
    it(`leaves out a node ${what}`, () => deepEqual(of(node), []));
  }

  it('knows a subflow of the file, and misses one that is not there', () => {
    deepEqual(
      of(
        { id: 's', type: 'subflow', name: 'S' },
        { id: 'a', type: 'subflow:s', z: 'tab' },
        { id: 'b', type: 'subflow:gone', z: 'tab' },
      ),
      ['the subflow gone is not in the file'],
    );
  });
});

describe('validate: ids and subflows', () => {
  it('names each entry with an id that an earlier one has', () => {
    const second: FlowNode = { id: 'tab', type: 'tab', label: 'Capper' };
    deepEqual(
      duplicateIds(flows({ id: 'a', type: 'inject', z: 'tab' }, second)).map(({ rule, where, message }) => [
        rule,
        where,
        message,
      ]),
      [['duplicate-id', 'Capper (tab)', 'another entry has the id tab as well']],
    );
  });

  it('names a subflow that contains itself, once per circle', () => {
    const subflow = (id: string, ...inner: string[]): FlowNode[] => [
      { id, type: 'subflow', name: id.toUpperCase() },
      ...inner.map((contained) => ({ id: `${id}-${contained}`, type: `subflow:${contained}`, z: id })),
    ];
    const of = (...nodes: FlowNode[]) =>
      subflowLoops(flows(...nodes)).map(({ where, message }) => `${where} ${message}`);
    deepEqual(of(...subflow('a', 'a')), ['A (subflow) contains itself']);
    deepEqual(of(...subflow('a', 'x', 'b'), ...subflow('x'), ...subflow('b', 'c'), ...subflow('c', 'a', 'x')), [
      'A (subflow) contains itself, through B, C',
    ]);
    deepEqual(of(...subflow('a', 'b', 'gone'), ...subflow('b'), { id: 'i', type: 'subflow:a', z: 'tab' }), []);
  });
});

describe('validate: missing config nodes', () => {
  const types = new Map([
    ['mqtt-broker', { isConfig: true, references: [] }],
    ['json', { isConfig: false, references: [] }],
    [
      'mqtt in',
      {
        isConfig: false,
        references: [
          { property: 'broker', type: 'mqtt-broker', required: true },
          { property: 'password', type: 'password', required: true },
          { property: 'topic', type: 'json', required: true },
        ],
      },
    ],
    ['mqtt tls', { isConfig: false, references: [{ property: 'tls', type: 'mqtt-broker', required: false }] }],
  ]);
  const of = (...nodes: FlowNode[]) => missingConfigs(flows(...nodes), types).map(({ message }) => message);

  it('are named by property, type and id', () => {
    deepEqual(of({ id: 'a', type: 'mqtt in', z: 'tab', broker: 'b1' }), [
      '"broker" names the mqtt-broker b1, which is not in the file',
    ]);
  });

  it('are those that a node must have and does not name', () => {
    deepEqual(
      of({ id: 'a', type: 'mqtt in', z: 'tab', broker: '' }, { id: 'b', type: 'mqtt tls', z: 'tab', tls: '' }),
      ['"broker" is empty: it needs a mqtt-broker'],
    );
  });

  it('are not those in the file or from the environment', () => {
    deepEqual(
      of(
        { id: 'b1', type: 'mqtt-broker' },
        { id: 'a', type: 'mqtt in', z: 'tab', broker: 'b1' },
        { id: 'c', type: 'mqtt in', z: 'tab', broker: '${BROKER}' },
      ),
      [],
    );
  });
});

describe('validate: secrets in clear text', () => {
  const secret = 'hunter2';
  const refused: readonly [string, Readonly<Record<string, unknown>>, string][] = [
    [
      'an exported credential',
      { credentials: { password: secret } },
      'the credential "password" stands in the flow file',
    ],
    ['a property named so', { apiKey: secret }, '"apiKey" is a secret in clear text'],
    ['one within a table', { rows: [{ password: secret }] }, '"password" is a secret in clear text'],
    [
      'an environment variable',
      { env: [{ name: 'DB_PASSWORD', type: 'str', value: secret }] },
      'the variable DB_PASSWORD is a secret in clear text',
    ],
    [
      'a variable of the type credential',
      { env: [{ name: 'PIN', type: 'cred', value: secret }] },
      'the variable PIN is a secret in clear text',
    ],
    [
      'an address with a password',
      { url: `mqtt://me:${secret}@broker` },
      '"url" holds an address with a password in it',
    ],
    ['a private key', { func: `-----BEGIN RSA PRIVATE KEY-----\n${secret}` }, '"func" holds a private key'],
  ];
  for (const [what, properties, message] of refused) {
    it(`are found in ${what}, and not repeated`, () => {
      const found = clearSecrets(flows({ id: 'a', type: 'x', z: 'tab', ...properties }));
      deepEqual(
        found.map((finding) => finding.message),
        [message],
      );
      doesNotMatch(JSON.stringify(found), /hunter2/);
    });
  }

  const good: readonly [string, Readonly<Record<string, unknown>>][] = [
    ['a value from the environment', { password: '${DB_PASSWORD}' }],
    ['a typed input that names a variable', { password: 'DB_PASSWORD', passwordType: 'env' }],
    [
      'an empty field and what the editor shows for a hidden one',
      { password: '', credentials: { password: '__PWRD__' } },
    ],
    ['an environment variable that names another', { env: [{ name: 'PASSWORD', type: 'env', value: 'OTHER' }] }],
    ['an address without a password', { url: 'mqtt://broker:1883/a:b@c' }],
    ['words about passwords', { info: 'ask for the password', passwordField: 'pass' }],
  ];
  for (const [what, properties] of good) {
    it(`are not seen in ${what}`, () =>
      deepEqual(clearSecrets(flows({ id: 'a', type: 'x', z: 'tab', ...properties })), []));
  }
});

describe('validate: two sources of one topic', () => {
  const reader = (id: string, type: string, ...topics: string[]): FlowNode => ({
    id,
    type,
    z: 'tab',
    tags: topics.map((topic) => ({ topic })),
  });
  const of = (...nodes: FlowNode[]) => duplicatePublishers(flows(...nodes)).map(({ message }) => message);

  it('are two tags of two readers', () => {
    deepEqual(of(reader('a', 'opcua-read', 't.x', 't.y'), reader('b', 'modbus-read', 't.y')), [
      'the topic t.y has two sources: a has it too',
    ]);
  });

  it('are two rows of one reader', () => {
    deepEqual(of(reader('a', 'opcua-read', 't.x', 't.x')), [
      'the topic t.x has two sources: this node has it in another row',
    ]);
  });

  it('are not the reader of a tag and what writes it, serves it or reads its history', () => {
    const others = ['opcua-write', 'opcua-history', 'modbus-server'].map((type) => reader(type, type, 't.x'));
    deepEqual(of(reader('a', 'opcua-read', 't.x'), ...others), []);
  });

  it('are two publishers with the same fixed topic, but not a reader and its publisher', () => {
    const publisher = (id: string, topic: string): FlowNode => ({ id, type: 'uns-publish', z: 'tab', topic });
    deepEqual(
      of(
        reader('a', 'opcua-read', 't.x'),
        publisher('p', 't.x'),
        publisher('q', 't.x'),
        publisher('r', ''),
        publisher('s', ''),
      ),
      ['the topic t.x has two sources: p has it too'],
    );
  });
});

describe('the palette scan', () => {
  it('reads types and the config nodes they name from what the editor loads', () => {
    const page = `RED.nodes.registerType('mqtt in',{ defaults: {
        name: {value:""}, topic: {value:"", validate: function(v) { if (v) { return true } }},
        broker: {type:"mqtt-broker", required:true, label:RED._("x")}, tls: { value: '', type: 'tls-config' } } });
      RED.nodes.registerType("catch", { category: 'config', defaults: {} });`;
    deepEqual(typesIn(page), [
      [
        'mqtt in',
        {
          isConfig: false,
          references: [
            { property: 'broker', type: 'mqtt-broker', required: true },
            { property: 'tls', type: 'tls-config', required: false },
          ],
        },
      ],
      ['catch', { isConfig: true, references: [] }],
    ]);
    equal(typesIn('no node at all').length, 0);
  });
});
