import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { createManualClock, type Sample } from '@bulkhead/core';
import { readModbusServer } from '../../../nodes/modbus/src/modbus-server/config.ts';
import { createDevice, type Device } from '../../../nodes/modbus/src/modbus-server/device.ts';
import type { ListenerEvents } from '../../../nodes/modbus/src/modbus-server/listen.ts';
import { createServer } from '../../../nodes/modbus/src/modbus-server/server.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const good = (name: string, value: Sample['value']): Sample => ({
  topic: topic(name),
  value,
  quality: 'good',
  sourceTime: 0,
});
const table = [
  { topic: topic('speed'), address: '0', type: 'float32', initial: '1.5' },
  { topic: topic('set'), address: '2', type: 'uint16', access: 'write', initial: '7' },
  { topic: topic('level'), address: '3', type: 'int16' },
  { topic: topic('a'), address: '4.0', type: 'bool', initial: 'true' },
  { topic: topic('b'), address: '4.1', type: 'bool' },
  { topic: topic('mode'), address: '5.0', type: 'bool', access: 'write', initial: 'false' },
  { topic: topic('wide'), address: '6', type: 'uint32', access: 'write', initial: '1' },
  { topic: topic('go'), area: 'coil', address: '0', type: 'bool', access: 'write', initial: 'false' },
];

function device(node: object = {}): { made: Device; written: [string, unknown][]; ask(...pdu: number[]): number[] } {
  const read = readModbusServer({ tags: table, ...node });
  if (!read.ok) throw new Error(read.problem);
  const written: [string, unknown][] = [];
  const made = createDevice({
    config: read.config,
    now: () => 0,
    onWrite: (samples) => written.push(...samples.map(({ topic: name, value }): [string, unknown] => [name, value])),
  });
  return { made, written, ask: (...pdu) => [...(made.request(1, Buffer.from(pdu), 'client') ?? [])] };
}

describe('A Modbus device made of tags', () => {
  it('has the registers of its tags and no others, and never a 0 for what it does not know', () => {
    const { made, ask } = device();
    deepEqual(ask(3, 0, 0, 0, 3), [3, 6, 0x3f, 0xc0, 0, 0, 0, 7]);
    deepEqual(ask(3, 0, 0, 0, 4), [0x83, 4]);
    deepEqual(ask(3, 0, 8, 0, 1), [0x83, 2]);
    deepEqual(ask(4, 0, 0, 0, 1), [0x84, 2]);
    deepEqual(made.take([good('level', -2)]), []);
    deepEqual(ask(3, 0, 3, 0, 1), [3, 2, 0xff, 0xfe]);
  });

  it('does not know a register while one of its bits is not known', () => {
    const { made, ask } = device();
    deepEqual(ask(3, 0, 4, 0, 1), [0x83, 4]);
    made.take([good('b', true)]);
    deepEqual(ask(3, 0, 4, 0, 1), [3, 2, 0, 3]);
  });

  it('answers for a bad sample with an exception, or with the last good value where that was chosen', () => {
    const bad: Sample = { topic: topic('speed'), value: null, quality: 'bad', sourceTime: 0 };
    for (const [whenBad, answer] of [
      ['exception', [0x83, 4]],
      ['last', [3, 4, 0x3f, 0xc0, 0, 0]],
    ] as const) {
      const { made, ask } = device({ whenBad });
      deepEqual(made.take([bad]), []);
      deepEqual(ask(3, 0, 0, 0, 2), [...answer]);
      made.take([good('speed', 2)]);
      deepEqual(ask(3, 0, 0, 0, 2), [3, 4, 0x40, 0, 0, 0]);
    }
  });

  it('says what of a message it cannot take, and takes the rest', () => {
    const { made, ask } = device();
    deepEqual(made.take([good('level', 40_000), good('set', 9), good('nothing', 1)]), [
      `${topic('level')}: 40000 is beyond what a int16 holds`,
      `the table has no tag ${topic('nothing')}`,
    ]);
    deepEqual(ask(3, 0, 2, 0, 1), [3, 2, 0, 9]);
  });

  it('lets clients write what they may, and gives each as a message', () => {
    const { ask, written } = device();
    deepEqual(ask(6, 0, 2, 0, 99), [6, 0, 2, 0, 99]);
    deepEqual(ask(16, 0, 6, 0, 2, 4, 0, 1, 0, 2), [16, 0, 6, 0, 2]);
    deepEqual(ask(22, 0, 5, 0xff, 0xfe, 0, 1), [22, 0, 5, 0xff, 0xfe, 0, 1]);
    deepEqual(ask(5, 0, 0, 0xff, 0), [5, 0, 0, 0xff, 0]);
    deepEqual(ask(23, 0, 2, 0, 1, 0, 2, 0, 1, 2, 0, 5), [23, 2, 0, 5]);
    deepEqual(written, [
      [topic('set'), 99],
      [topic('wide'), 65_538],
      [topic('mode'), true],
      [topic('go'), true],
      [topic('set'), 5],
    ]);
  });

  it('lets them write nothing else, and nothing in part', () => {
    const { ask, written } = device();
    deepEqual(ask(16, 0, 2, 0, 2, 4, 0, 1, 0, 2), [0x90, 2]);
    deepEqual(ask(6, 0, 0, 0, 1), [0x86, 2]);
    deepEqual(ask(3, 0, 2, 0, 1), [3, 2, 0, 7]);
    deepEqual(written, []);
  });

  it('gives the whole new value when a client wrote half of it', () => {
    const { ask, written } = device();
    ask(6, 0, 7, 0, 9);
    deepEqual(written, [[topic('wide'), 9]]);
  });

  it('refuses requests that are none: functions, counts and lengths', () => {
    const { ask } = device();
    deepEqual(ask(43, 14, 1, 0), [0xab, 1]);
    deepEqual(ask(3, 0, 0, 0, 0), [0x83, 3]);
    deepEqual(ask(3, 0, 0, 0, 126), [0x83, 3]);
    deepEqual(ask(3, 0, 0), [0x83, 3]);
    deepEqual(ask(16, 0, 2, 0, 2, 2, 0, 1), [0x90, 3]);
    deepEqual(ask(5, 0, 0, 0x12, 0), [0x85, 3]);
  });

  it('answers to its own unit only where it has one', () => {
    const { made } = device({ unitId: '3' });
    deepEqual([...(made.request(4, Buffer.from([3, 0, 2, 0, 1]), '') ?? [])], [0x83, 11]);
    deepEqual([...(made.request(3, Buffer.from([3, 0, 2, 0, 1]), '') ?? [])], [3, 2, 0, 7]);
  });

  it('never throws, whatever a client sends', () => {
    const { made } = device();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const answer = made.request(1, Buffer.from(bytes), '');
        ok(answer !== undefined && answer.length >= 2 && answer.length <= 253);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('A Modbus server', () => {
  it('tries again later and later while its port is taken, and begins anew after a success', () => {
    const clock = createManualClock(0);
    const opened: ListenerEvents[] = [];
    const states: string[] = [];
    const server = createServer({
      listen(events) {
        opened.push(events);
        return { clients: 0, refused: 0, close: () => Promise.resolve() };
      },
      clock,
      random: () => 0,
      backOff: { firstMs: 100, factor: 2, maxMs: 1_000, jitter: 0 },
      onRequest: () => undefined,
      onState: ({ kind }) => states.push(kind),
    });
    server.start();
    for (const waitMs of [100, 200]) {
      opened.at(-1)?.onEnd(new Error('in use'));
      equal(server.state.kind === 'waiting' && server.state.retryAt - clock.now(), waitMs);
      clock.advance(waitMs);
    }
    opened.at(-1)?.onListening();
    opened.at(-1)?.onEnd(new Error('gone'));
    equal(server.state.kind === 'waiting' && server.state.retryAt - clock.now(), 100);
    void server.stop();
    clock.advance(10_000);
    deepEqual([opened.length, states.at(-1)], [3, 'waiting']);
  });
});
