import { deepEqual, ok } from 'node:assert/strict';
import { readOpcuaConnection } from '../../../nodes/opcua/src/opcua-connection/config.ts';
import { readOpcuaRead } from '../../../nodes/opcua/src/opcua-read/config.ts';

const topic = 'umh.v1.acme._raw.speed';
const tag = { nodeId: 'ns=1;s=Speed', topic };

describe('Configuration of opcua-read', () => {
  it('takes a minimal table with defaults that lose nothing', () => {
    deepEqual(readOpcuaRead({ tags: [tag] }), {
      ok: true,
      config: {
        mode: 'subscribe',
        publishingMs: 500,
        pollMs: 1000,
        staleMs: 0,
        output: 'batch',
        diagnosticsMs: 0,
        tags: [
          {
            nodeId: 'ns=1;s=Speed',
            address: 'ns=1;s=Speed',
            topic,
            scale: 1,
            offset: 0,
            samplingMs: 0,
            queueSize: 100,
            trigger: 'value',
            as: 'value',
            enums: 'number',
          },
        ],
      },
    });
  });

  it('takes numbers as text, as the form and the environment give them', () => {
    const read = readOpcuaRead({
      publishingMs: '100',
      tags: [
        {
          ...tag,
          scale: '0.1',
          offset: '5',
          samplingMs: '50',
          queueSize: '9',
          stepUs: '25',
          unit: 'm/s',
          heartbeatS: '10',
          indexRange: '0:9',
          as: 'object',
        },
      ],
    });
    deepEqual(read.ok && read.config.tags[0], {
      nodeId: 'ns=1;s=Speed',
      address: 'ns=1;s=Speed',
      topic,
      scale: 0.1,
      offset: 5,
      as: 'object',
      enums: 'both',
      wantsNames: true,
      heartbeatMs: 10_000,
      indexRange: '0:9',
      samplingMs: 50,
      queueSize: 9,
      trigger: 'value',
      unit: 'm/s',
      stepUs: 25,
    });
  });

  it('gives a deadband to the server in its own units, and one in percent as such when no range is given', () => {
    const deadbandOf = (row: object): unknown => {
      const read = readOpcuaRead({ tags: [{ ...tag, ...row }] });
      return read.ok ? read.config.tags[0]?.deadband : read.problem;
    };
    deepEqual(deadbandOf({ deadband: '0.5', scale: '-0.1' }), { kind: 'absolute', value: 5 });
    deepEqual(deadbandOf({ deadband: '2%', range: '0..50' }), { kind: 'absolute', value: 1 });
    deepEqual(deadbandOf({ deadband: '2 %' }), { kind: 'percent', value: 2 });
    deepEqual(deadbandOf({}), undefined);
  });

  const wrong: Array<[string, object, RegExp]> = [
    ['a deadband', { tags: [{ ...tag, deadband: 'x' }] }, /row 1: deadband is "x"/],
    [
      'a deadband in percent that nobody but the server could use',
      { mode: 'poll', tags: [{ ...tag, deadband: '2%' }] },
      /needs the range/,
    ],
    ['an index range', { tags: [{ ...tag, indexRange: '3-4' }] }, /row 1: index range "3-4"/],
    ['an empty table', { tags: [] }, /tag table is empty/],
    ['a table that is none', { tags: 'x' }, /not a list/],
    ['a row that is none', { tags: [tag, 3] }, /row 2: is not a table row/],
    ['a node id', { tags: [{ ...tag, nodeId: 'Speed' }] }, /row 1: node id "Speed"/],
    ['a topic', { tags: [{ ...tag, topic: 'speed' }] }, /row 1: topic "speed"/],
    ['a topic used twice', { tags: [tag, { ...tag, nodeId: 'i=1' }] }, /row 2: .* already used in row 1/],
    ['a queue of 0', { tags: [{ ...tag, queueSize: 0 }] }, /row 1: queueSize/],
    ['a scale of 0', { tags: [{ ...tag, scale: 0 }] }, /row 1: scale is 0/],
    ['an interval', { publishingMs: 'often', tags: [tag] }, /publishingMs .* not "often"/],
  ];
  for (const [what, raw, problem] of wrong) {
    it(`names what is wrong with ${what}`, () => {
      const read = readOpcuaRead(raw);
      ok(!read.ok && problem.test(read.problem), JSON.stringify(read));
    });
  }
});

describe('Configuration of opcua-connection', () => {
  it('takes an endpoint alone', () => {
    const read = readOpcuaConnection({ endpoint: 'opc.tcp://plc1:4840/server' }, undefined);
    deepEqual(read.ok && [read.config.security, read.config.identity], [
      { mode: 'None', policy: 'None' },
      { kind: 'anonymous' },
    ]);
  });

  it('takes user and password from the credentials', () => {
    const read = readOpcuaConnection(
      { endpoint: 'opc.tcp://[::1]:4840', authentication: 'user' },
      { user: 'op', password: 'pw' },
    );
    deepEqual(read.ok && read.config.identity, { kind: 'user', user: 'op', password: 'pw' });
  });

  const wrong: Array<[object, RegExp]> = [
    [{}, /endpoint is ""/],
    [{ endpoint: 'http://plc1' }, /opc\.tcp:/],
    [{ endpoint: 'opc.tcp://plc1', authentication: 'user' }, /user name is missing/],
    [{ endpoint: 'opc.tcp://plc1', securityMode: 'Magic' }, /securityMode/],
    [{ endpoint: 'opc.tcp://plc1', timeoutMs: 1 }, /timeoutMs/],
  ];
  for (const [raw, problem] of wrong) {
    it(`refuses ${JSON.stringify(raw)}`, () => {
      const read = readOpcuaConnection(raw, {});
      ok(!read.ok && problem.test(read.problem), JSON.stringify(read));
    });
  }
});
