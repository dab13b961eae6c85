import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { tcpTransport } from '../../../nodes/modbus/src/io/modbus-tcp.ts';
import { transactions } from '../../../nodes/modbus/src/io/tcp-port.ts';
import { frameBytes, splitFrames } from '../../../nodes/modbus/src/protocol/frame.ts';
import type { Reply, Request } from '../../../nodes/modbus/src/protocol/request.ts';

const holding: Request = { kind: 'read', area: 'holding', address: 107, count: 3 };

describe('What a Modbus device answers', () => {
  let server: Server;
  let answer: (body: Buffer, transaction: number, socket: Socket) => void;
  let asked: number[][];

  beforeEach(async () => {
    asked = [];
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        const split = splitFrames(data);
        if (!split.ok) return;
        for (const { body, transaction } of split.frames) {
          asked.push([...body]);
          answer(body, transaction, socket);
        }
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
  });

  /** Reads once; gives the reply, or the reason why the connection ended. */
  function read(request: Request, unit = 17): Promise<Reply | (Error & { kind?: never })> {
    const port = portOf(server);
    return new Promise((resolve) => {
      const transport = tcpTransport({ host: '127.0.0.1', port, timeoutMs: 2_000 })({
        onOpen: () => transport.send(unit, request, (reply) => finish(reply)),
        onEnd: (reason) => finish(reason),
        onHeard: () => {},
      });
      const finish = (outcome: Reply | (Error & { kind?: never })): void => {
        transport.destroy();
        resolve(outcome);
      };
    });
  }

  const answering = (bytes: readonly number[]) => {
    answer = (_body, transaction, socket) => socket.write(frameBytes(transaction, Buffer.from(bytes)));
  };

  it('is registers, asked for as the specification says', async () => {
    answering([17, 3, 6, 2, 0x2b, 0, 0, 0, 0x64]);
    deepEqual(await read(holding), { kind: 'values', values: [555, 0, 100] });
    deepEqual(asked, [[17, 3, 0, 107, 0, 3]]);
  });

  it('is bits, without the padding of the last byte', async () => {
    answering([1, 1, 2, 0b101, 0b1]);
    deepEqual(await read({ kind: 'read', area: 'coil', address: 0, count: 9 }, 1), {
      kind: 'values',
      values: [1, 0, 1, 0, 0, 0, 0, 0, 1],
    });
  });

  it('is an exception with its code', async () => {
    answering([17, 0x83, 2]);
    deepEqual(await read(holding), { kind: 'exception', code: 2 });
  });

  const wrong: [string, number[]][] = [
    ['of another unit', [18, 3, 6, 0, 1, 0, 2, 0, 3]],
    ['to another function', [17, 4, 6, 0, 1, 0, 2, 0, 3]],
    ['with fewer registers', [17, 3, 4, 0, 1, 0, 2]],
    ['with more registers', [17, 3, 8, 0, 1, 0, 2, 0, 3, 0, 4]],
    ['with a byte count that is too small', [17, 3, 4, 0, 1, 0, 2, 0, 3]],
    ['with a byte count that is too large', [17, 3, 250, 0, 1, 0, 2, 0, 3]],
    ['of nothing', [17, 3]],
  ];
  for (const [what, bytes] of wrong) {
    it(`${what} is garbled, and never a value`, async () => {
      answering(bytes);
      const reply = await read(holding);
      equal('kind' in reply && reply.kind, 'garbled');
    });
  }

  it('counts once when it comes twice', async () => {
    answer = (_body, transaction, socket) => {
      const frame = frameBytes(transaction, Buffer.from([17, 3, 6, 0, 1, 0, 2, 0, 3]));
      socket.write(Buffer.concat([frame, frame]));
    };
    deepEqual(await read(holding), { kind: 'values', values: [1, 2, 3] });
  });

  it('never to one unit keeps the others, also when the number of that request comes round', async () => {
    const numbers: number[] = [];
    answer = (body, transaction, socket) => {
      const [unit = 0] = body;
      numbers.push(transaction);
      if (unit !== 99) socket.write(frameBytes(transaction, Buffer.from([unit, 3, 6, 0, 1, 0, 2, 0, 3])));
    };
    const wanted = transactions + 10;
    const answered = await new Promise<number>((resolve, reject) => {
      let count = 0;
      const next = (): void => {
        if (count === wanted) {
          transport.destroy();
          resolve(count);
          return;
        }
        transport.send(17, holding, ({ kind }) => {
          if (kind === 'values') count += 1;
          next();
        });
      };
      const transport = tcpTransport({ host: '127.0.0.1', port: portOf(server), timeoutMs: 2_000 })({
        onOpen: () => {
          transport.send(99, holding, () => reject(new Error('unit 99 answers nothing')));
          next();
        },
        onEnd: reject,
        onHeard: () => {},
      });
    });
    equal(answered, wanted);
    const [unanswered, ...others] = numbers;
    equal(others.filter((number) => number === unanswered).length, 0, 'its answer could still come');
  });

  it('ends the connection when it is not Modbus', async () => {
    answer = (_body, _transaction, socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    const reply = await read(holding);
    equal(reply instanceof Error && 'code' in reply && reply.code, 'not-modbus');
  });

  it('is never a good value by accident, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 40 }), async (bytes) => {
        answering([...bytes]);
        const reply = await read(holding);
        const honest = bytes.length === 9 && bytes[0] === 17 && bytes[1] === 3 && bytes[2] === 6;
        equal('kind' in reply && reply.kind === 'values', honest);
      }),
      { numRuns: 200 },
    );
  });

  const writes: Array<[string, Request, number[], number[]]> = [
    [
      'a coil',
      { kind: 'write-coils', address: 172, values: [true], many: false },
      [17, 5, 0, 172, 0xff, 0],
      [17, 5, 0, 172, 0xff, 0],
    ],
    [
      'a coil that is switched off',
      { kind: 'write-coils', address: 172, values: [false], many: false },
      [17, 5, 0, 172, 0, 0],
      [17, 5, 0, 172, 0, 0],
    ],
    [
      'coils',
      {
        kind: 'write-coils',
        address: 19,
        values: [true, false, true, true, false, false, true, true, true, false],
        many: false,
      },
      [17, 15, 0, 19, 0, 10, 2, 0xcd, 1],
      [17, 15, 0, 19, 0, 10],
    ],
    [
      'a register',
      { kind: 'write-registers', address: 1, words: [3], many: false },
      [17, 6, 0, 1, 0, 3],
      [17, 6, 0, 1, 0, 3],
    ],
    [
      'a register by the function for many',
      { kind: 'write-registers', address: 1, words: [3], many: true },
      [17, 16, 0, 1, 0, 1, 2, 0, 3],
      [17, 16, 0, 1, 0, 1],
    ],
    [
      'registers',
      { kind: 'write-registers', address: 1, words: [10, 258], many: false },
      [17, 16, 0, 1, 0, 2, 4, 0, 10, 1, 2],
      [17, 16, 0, 1, 0, 2],
    ],
    [
      'bits of a register',
      { kind: 'mask-register', address: 4, mask: 0x000d, word: 0x0005 },
      [17, 22, 0, 4, 0xff, 0xf2, 0, 5],
      [17, 22, 0, 4, 0xff, 0xf2, 0, 5],
    ],
  ];
  for (const [what, request, wire, answered] of writes) {
    it(`acknowledges ${what}, asked for as the specification says`, async () => {
      answering(answered);
      deepEqual(await read(request), { kind: 'done' });
      deepEqual(asked, [wire]);
    });

    it(`does not acknowledge ${what} when it repeats something else`, async () => {
      answering([...answered.slice(0, -1), (answered.at(-1) ?? 0) ^ 1]);
      equal((await read(request)).kind, 'garbled');
      answering([...answered.slice(0, 3), (answered[3] ?? 0) ^ 1, ...answered.slice(4)]);
      equal((await read(request)).kind, 'garbled');
    });
  }

  it('is registers after a write in the same request', async () => {
    answering([17, 23, 4, 0, 1, 0, 2]);
    const request: Request = { kind: 'write-and-read', address: 14, words: [0xff], readAddress: 3, readCount: 2 };
    deepEqual(await read(request), { kind: 'values', values: [1, 2] });
    deepEqual(asked, [[17, 23, 0, 3, 0, 2, 0, 14, 0, 1, 2, 0, 0xff]]);
  });
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
