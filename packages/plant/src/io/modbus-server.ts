import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { answerException, answerRegisters, type ExceptionCode, parseRead, takeRequest } from '../modbus/frame.ts';

/** Registers, or the exception that answers instead. Called once per read, right before the answer is written. */
export type ReadRegisters = (address: number, count: number) => ArrayLike<number> | ExceptionCode;

export interface ModbusServer {
  readonly port: number;
  stop(): Promise<void>;
}

const mostConnections = 64;
/** A client that asks on and on and reads no answer is cut off. */
const mostUnreadBytes = 1_000_000;

/**
 * A Modbus TCP device. It is not modbus-serial's ServerTCP because that one puts off each request by a timer and
 * hides the socket: a read on a connection that is already gone would count as answered. It also turns port 0 into 502.
 * Rejects when the port is taken.
 */
export async function startModbusServer(host: string, port: number, read: ReadRegisters): Promise<ModbusServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // A client that vanishes is its own business.
    socket.on('error', () => socket.destroy());
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      for (;;) {
        const taken = takeRequest(received);
        if (taken.kind === 'incomplete') return;
        if (taken.kind === 'garbage' || socket.writableLength > mostUnreadBytes) {
          socket.destroy();
          return;
        }
        received = taken.rest;
        if (!socket.writable) return;
        const wanted = parseRead(taken.request);
        const outcome = typeof wanted === 'number' ? wanted : read(wanted.address, wanted.count);
        socket.write(
          typeof outcome === 'number'
            ? answerException(taken.request, outcome)
            : answerRegisters(taken.request, outcome),
        );
      }
    });
  });
  server.maxConnections = mostConnections;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
