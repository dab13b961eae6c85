import { deepEqual, ok } from 'node:assert/strict';
import { readModbusConnection } from '../../../nodes/modbus/src/modbus-connection/config.ts';
import { readModbusRead } from '../../../nodes/modbus/src/modbus-read/config.ts';
import { readModbusWrite } from '../../../nodes/modbus/src/modbus-write/config.ts';

const topic = 'umh.v1.acme._raw.speed';
const tag = { area: 'holding', address: '10', type: 'float32', topic };

describe('Configuration of modbus-read', () => {
  it('takes a minimal table', () => {
    deepEqual(readModbusRead({ tags: [tag] }), {
      ok: true,
      config: {
        pollMs: 1000,
        staleMs: 0,
        output: 'batch',
        limits: { maxGap: 0, maxRegisters: 125 },
        diagnosticsMs: 0,
        notation: 'zero',
        tags: [
          {
            topic,
            span: { area: 'holding', address: 10, count: 2 },
            type: 'float32',
            order: 'ABCD',
            scale: 1,
            offset: 0,
            address: 'holding:10',
          },
        ],
      },
    });
  });

  it('takes a unit of its own, and that of the connection when the field is empty', () => {
    const own = readModbusRead({ unitId: '17', tags: [tag] });
    const none = readModbusRead({ unitId: '', tags: [tag] });
    deepEqual([own.ok && own.config.unitId, none.ok && none.config.unitId], [17, undefined]);
  });

  it('makes a row with a count that many tags, or one waveform when it has a step', () => {
    const row = { ...tag, type: 'int16', count: '3' };
    const many = readModbusRead({ tags: [row] });
    deepEqual(
      many.ok && many.config.tags.map((one) => [one.topic, one.span.address, one.span.count]),
      [0, 1, 2].map((at) => [`${topic}.${at}`, 10 + at, 1]),
    );
    const wave = readModbusRead({ tags: [{ ...row, stepUs: '500' }] });
    deepEqual(wave.ok && wave.config.tags.map((one) => [one.topic, one.span.count, one.waveform]), [
      [topic, 3, { points: 3, stepUs: 500 }],
    ]);
    const text = readModbusRead({ tags: [{ ...tag, type: 'utf8', count: '5' }] });
    deepEqual(text.ok && text.config.tags.map((one) => [one.span.count, one.textBytes]), [[3, 5]]);
  });

  it('lays the values of an array one behind the other, each in as many registers as its type takes', () => {
    const read = readModbusRead({ tags: [{ ...tag, address: '8', type: 'float32', count: '3' }] });
    deepEqual(read.ok && read.config.tags.map(({ topic, span, address }) => [topic.split('.').at(-1), span, address]), [
      ['0', { area: 'holding', address: 8, count: 2 }, 'holding:8'],
      ['1', { area: 'holding', address: 10, count: 2 }, 'holding:10'],
      ['2', { area: 'holding', address: 12, count: 2 }, 'holding:12'],
    ]);
  });

  it('takes addresses as a manual gives them', () => {
    const read = readModbusRead({ notation: 'modicon', tags: [{ ...tag, address: '30008.3', type: 'bool' }] });
    deepEqual(read.ok && read.config.tags.map(({ span, bit, address }) => [span, bit, address]), [
      [{ area: 'input', address: 7, count: 1 }, 3, 'input:7.3'],
    ]);
  });

  const wrong: Array<[string, object, RegExp]> = [
    ['a bit that is no bool', { tags: [{ ...tag, address: '1.2' }] }, /names one bit: use bool/],
    ['a step without a count', { tags: [{ ...tag, stepUs: '5' }] }, /a step makes a waveform/],
    [
      'numbered topics that meet',
      {
        tags: [
          { ...tag, count: 2 },
          { ...tag, topic: `${topic}.1` },
        ],
      },
      /already used in row 1/,
    ],
    ['an empty table', { tags: [] }, /tag table is empty/],
    ['a missing address', { tags: [{ ...tag, address: '' }] }, /row 1: address is missing/],
    ['an address too high', { tags: [tag, { ...tag, address: 65_536 }] }, /row 2: address .*65536/],
    ['a value that ends too high', { tags: [{ ...tag, address: 65_535 }] }, /row 1: a float32 at address 65535/],
    ['a float in a coil', { tags: [{ ...tag, area: 'coil' }] }, /row 1: type is float32, but a coil is one bit/],
    ['a type', { tags: [{ ...tag, type: 'real' }] }, /row 1: type must be one of/],
    ['an order', { tags: [{ ...tag, order: 'DACB' }] }, /row 1: order must be one of/],
    ['a topic used twice', { tags: [tag, tag] }, /row 2: .* already used in row 1/],
    ['a missing topic', { tags: [{ ...tag, topic: '' }] }, /row 1: topic is missing/],
    ['a poll rate', { pollMs: 1, tags: [tag] }, /pollMs/],
    ['a unit', { unitId: 300, tags: [tag] }, /unitId/],
  ];
  for (const [what, raw, problem] of wrong) {
    it(`names what is wrong with ${what}`, () => {
      const read = readModbusRead(raw);
      ok(!read.ok && problem.test(read.problem), JSON.stringify(read));
    });
  }
});

describe('Configuration of modbus-write', () => {
  const problems: ReadonlyArray<[what: string, row: object, problem: RegExp]> = [
    ['an input register', { area: 'input' }, /an? input is read only/],
    ['a discrete input', { area: 'discrete', type: 'bool' }, /a discrete is read only/],
    ['limits of a bit', { type: 'bool', max: '1' }, /a bool has no min and max/],
    ['limits of a text', { type: 'utf8', count: '4', min: '0' }, /a utf8 has no min and max/],
    ['limits that leave nothing', { min: '5', max: '4' }, /min 5 is above max 4/],
    ['a waveform', { count: '4', stepUs: '100' }, /a waveform is not written/],
  ];
  for (const [what, row, problem] of problems) {
    it(`names what is wrong with ${what}`, () => {
      const read = readModbusWrite({ tags: [{ ...tag, ...row }] });
      ok(!read.ok && problem.test(read.problem), JSON.stringify(read));
    });
  }
});

describe('Configuration of modbus-connection', () => {
  it('takes a host alone', () => {
    const read = readModbusConnection({ host: 'plc1' });
    deepEqual(read.ok && [read.config.far, read.config.unitId, read.config.timeoutMs, read.config.maxInFlight], [
      { kind: 'tcp', host: 'plc1', port: 502 },
      1,
      1000,
      1,
    ]);
  });

  it('takes a serial line, on which one request is under way at a time and late answers are waited for', () => {
    const read = readModbusConnection({ mode: 'rtu', serialPath: '/dev/ttyUSB0', baudRate: '9600', maxInFlight: '8' });
    const line = { path: '/dev/ttyUSB0', baudRate: 9600, parity: 'even', dataBits: 8, stopBits: 1 };
    deepEqual(read.ok && [read.config.far, read.config.maxInFlight, read.config.lingerMs], [
      { kind: 'rtu', line },
      1,
      1000,
    ]);
    const without = readModbusConnection({ mode: 'rtu', host: 'plc1' });
    ok(!without.ok && without.problem.includes('serial port is missing'));
  });

  it('takes a serial line with seven bits, two stop bits and no parity', () => {
    const read = readModbusConnection({
      mode: 'rtu',
      serialPath: 'COM3',
      parity: 'none',
      dataBits: '7',
      stopBits: '2',
    });
    const line = { path: 'COM3', baudRate: 19_200, parity: 'none', dataBits: 7, stopBits: 2 };
    deepEqual(read.ok && read.config.far, { kind: 'rtu', line });
  });

  it('is tried again later and later, not at the same instant as another', () => {
    const read = readModbusConnection({ host: 'plc1', reconnectFirstMs: '50', reconnectMaxMs: '4000' });
    deepEqual(read.ok && read.config.backOff, { firstMs: 50, factor: 2, maxMs: 4_000, jitter: 0.3 });
  });

  it('allows no writes unless it says so', () => {
    const allowed = ['', 'true'].map((allowWrites) => readModbusConnection({ host: 'plc1', allowWrites }));
    deepEqual(
      allowed.map((read) => read.ok && read.config.allowWrites),
      [false, true],
    );
  });

  it('says what is missing and what is out of range', () => {
    const read = readModbusConnection({ port: '70000' });
    ok(!read.ok && /port .*70000/.test(read.problem) && /host is missing/.test(read.problem), JSON.stringify(read));
  });
});
