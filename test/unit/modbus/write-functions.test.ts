import { deepEqual } from 'node:assert/strict';
import { createWriter } from '@bulkhead/node-kit';
import type { Link } from '../../../nodes/modbus/src/modbus-connection/link.ts';
import { readModbusWrite } from '../../../nodes/modbus/src/modbus-write/config.ts';
import { modbusWritePort } from '../../../nodes/modbus/src/modbus-write/write-port.ts';
import type { Reply, Request } from '../../../nodes/modbus/src/protocol/request.ts';

const topic = (name: string): string => `umh.v1.a._raw.${name}`;
const tags = [
  { topic: topic('word'), area: 'holding', address: '1', type: 'uint16' },
  { topic: topic('bit'), area: 'holding', address: '7.3', type: 'bool' },
  { topic: topic('coil'), area: 'coil', address: '9', type: 'bool' },
  { topic: topic('other'), area: 'holding', address: '1', type: 'uint16', unitId: '8' },
];

/** A device that holds 0xff in each register, takes everything, and notes what it is asked. */
function device(): Pick<Link, 'request' | 'state' | 'reconnects'> & { asked: [unit: number, Request][] } {
  const asked: [number, Request][] = [];
  const replyTo = (request: Request): Reply => {
    if (request.kind === 'read') return { kind: 'values', values: Array.from({ length: request.count }, () => 0xff) };
    return request.kind === 'write-and-read' ? { kind: 'values', values: request.words } : { kind: 'done' };
  };
  return {
    asked,
    reconnects: 0,
    state: { kind: 'connected' },
    request(unit, request, { settled }) {
      asked.push([unit, request]);
      settled(replyTo(request));
    },
  };
}

/** What is asked of the device once the old value was read. */
async function asks(node: object, name: string, value: number | boolean): Promise<[number, Request][]> {
  const read = readModbusWrite({ ...node, tags });
  if (!read.ok) throw new Error(read.problem);
  const { config } = read;
  const link = device();
  const port = modbusWritePort({ link, config, unit: config.unitId ?? 1, now: () => 0 });
  const writer = createWriter({ ...config, readBack: config.readBack !== 'off', port });
  await writer.write([{ topic: topic(name), value, quality: 'good' }], 0);
  return link.asked.slice(1);
}

const read = (address: number, area: 'holding' | 'coil' = 'holding'): Request => ({
  kind: 'read',
  area,
  address,
  count: 1,
});
const mask: Request = { kind: 'mask-register', address: 7, mask: 8, word: 8 };

describe('What a Modbus writer asks for', () => {
  const table: Array<[what: string, node: object, name: string, value: number | boolean, asked: [number, Request][]]> =
    [
      [
        'function 6 for a register',
        {},
        'word',
        5,
        [[1, { kind: 'write-registers', address: 1, words: [5], many: false }]],
      ],
      [
        'function 5 for a coil',
        {},
        'coil',
        true,
        [[1, { kind: 'write-coils', address: 9, values: [true], many: false }]],
      ],
      [
        'function 16 also for one, where that is chosen',
        { alwaysMany: true },
        'word',
        5,
        [[1, { kind: 'write-registers', address: 1, words: [5], many: true }]],
      ],
      [
        'function 15 also for one, where that is chosen',
        { alwaysMany: true },
        'coil',
        true,
        [[1, { kind: 'write-coils', address: 9, values: [true], many: true }]],
      ],
      ['function 22 for a bit', {}, 'bit', true, [[1, mask]]],
      [
        'a read and a write for a bit, where that is chosen',
        { bits: 'change' },
        'bit',
        false,
        [
          [1, read(7)],
          [1, { kind: 'write-registers', address: 7, words: [0xf7], many: false }],
        ],
      ],
      [
        'function 23 where it reads along',
        { readBack: 'along' },
        'word',
        5,
        [[1, { kind: 'write-and-read', address: 1, words: [5], readAddress: 1, readCount: 1 }]],
      ],
      [
        'a read after the write where it reads back',
        { readBack: 'after' },
        'coil',
        true,
        [
          [1, { kind: 'write-coils', address: 9, values: [true], many: false }],
          [1, read(9, 'coil')],
        ],
      ],
      ['the unit of the node', { unitId: '4' }, 'bit', true, [[4, mask]]],
      [
        'the unit of the tag before that of the node',
        { unitId: '4' },
        'other',
        5,
        [[8, { kind: 'write-registers', address: 1, words: [5], many: false }]],
      ],
    ];
  for (const [what, node, name, value, asked] of table) {
    it(`is ${what}`, async () => deepEqual(await asks(node, name, value), asked));
  }
});
