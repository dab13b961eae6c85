import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** How a PLC, or the network before it, misbehaves. */
export type Misbehaviour =
  | 'none'
  | 'short-confirm'
  | 'split-confirm'
  | 'split-answer'
  | 'byte-by-byte'
  | 'no-items'
  | 'wrong-length'
  | 'short-answer'
  | 'foreign-answer'
  | 'acknowledges-first'
  | 'access-denied';

export interface SmallPlc {
  readonly port: number;
  /** Addresses of the items that were asked for, in bits, or numbers of timers and counters. */
  readonly asked: number[];
  close(): Promise<void>;
}

const confirm = Buffer.from([3, 0, 0, 22, 17, 0xd0, 0, 2, 0, 1, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 3, 1]);

function framed(message: readonly number[]): Buffer {
  const frame = Buffer.from([3, 0, 0, 0, 2, 0xf0, 0x80, ...message]);
  frame.writeUInt16BE(frame.length, 2);
  return frame;
}

function send(socket: Socket, frame: Buffer, cutAt: number | undefined): void {
  if (cutAt === undefined) {
    socket.write(frame);
    return;
  }
  socket.write(frame.subarray(0, cutAt));
  setTimeout(() => socket.write(frame.subarray(cutAt)), 10);
}

function answerTo(request: Buffer, misbehaviour: Misbehaviour): Buffer {
  const [high = 0, low = 0] = request.subarray(11, 13);
  const count = misbehaviour === 'no-items' ? 0 : 1;
  const number = misbehaviour === 'foreign-answer' ? (low + 7) & 0xff : low;
  const head = [0x32, 3, 0, 0, high, number, 0, 2];
  if (misbehaviour === 'access-denied') return framed([...head.slice(0, 6), 0, 0, 0, 0, 0x81, 4]);
  if (misbehaviour === 'short-answer') return framed([...head, 0, 6, 0, 0, 4, 1]);
  const bits = misbehaviour === 'wrong-length' ? 64 : 16;
  return framed([...head, 0, 6, 0, 0, 4, count, 0xff, 4, 0, bits, 0x12, 0x34]);
}

/** Answers every read of two bytes with 0x1234, in messages of 240 bytes; each request comes in one piece. */
export async function startSmallPlc(misbehaviour: Misbehaviour): Promise<SmallPlc> {
  const asked: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (request) => {
      if (request[5] === 0xe0) {
        if (misbehaviour === 'short-confirm') socket.write(Buffer.from([3]));
        else send(socket, confirm, misbehaviour === 'split-confirm' ? 10 : undefined);
        return;
      }
      const [high = 0, low = 0] = request.subarray(11, 13);
      if (request[17] === 0xf0) {
        socket.write(framed([0x32, 3, 0, 0, high, low, 0, 8, 0, 0, 0, 0, 0xf0, 0, 0, 1, 0, 1, 0, 240]));
        return;
      }
      asked.push(request.readUIntBE(28, 3));
      const frame = answerTo(request, misbehaviour);
      if (misbehaviour === 'acknowledges-first') socket.write(framed([]));
      if (misbehaviour === 'byte-by-byte') for (const byte of frame) socket.write(Buffer.from([byte]));
      else send(socket, frame, misbehaviour === 'split-answer' ? 12 : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
