import { createServer, type Socket } from 'node:net';
import { frameBytes, splitFrames } from '../protocol/frame.ts';
import type { Listen, ServerPlace } from '../modbus-server/listen.ts';

/** Answers that a client does not take: from here on no further requests of it are read. */
const mostUnsentBytes = 64 * 1024;

interface Client {
  socket: Socket;
  name: string;
  received: Buffer;
  heardAt: number;
}

/**
 * Modbus TCP for clients. Bytes that are no Modbus end the connection that brings them. When there are as many clients as
 * allowed, the one that was silent for longest makes room: a client that vanished leaves its connection behind.
 */
export function tcpListener({ host, port, maxClients }: ServerPlace & { kind: 'tcp' }): Listen {
  return (events) => {
    const clients = new Set<Client>();
    let refused = 0;
    let hasEnded = false;

    const drop = (client: Client): void => {
      clients.delete(client);
      client.socket.destroy();
      if (!hasEnded) events.onClients();
    };

    const answer = (client: Client, data: Buffer): void => {
      client.heardAt = Date.now();
      const split = splitFrames(client.received.length === 0 ? data : Buffer.concat([client.received, data]));
      if (!split.ok) {
        drop(client);
        return;
      }
      client.received = Buffer.from(split.rest);
      for (const { transaction, body } of split.frames) {
        const unit = body.readUInt8(0);
        const pdu = events.onRequest(unit, body.subarray(1), client.name);
        if (pdu !== undefined) client.socket.write(frameBytes(transaction, Buffer.concat([Buffer.of(unit), pdu])));
      }
      if (client.socket.writableLength > mostUnsentBytes) client.socket.pause();
    };

    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) => {
      if (clients.size >= maxClients) {
        refused += 1;
        const [silent] = [...clients].sort((a, b) => a.heardAt - b.heardAt);
        if (silent !== undefined) drop(silent);
      }
      const name = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? '?'}`;
      const client: Client = { socket, name, received: Buffer.alloc(0), heardAt: Date.now() };
      clients.add(client);
      socket.on('data', (data) => answer(client, data));
      socket.on('drain', () => socket.resume());
      socket.on('error', () => drop(client));
      socket.on('close', () => drop(client));
      events.onClients();
    });
    const close = (): Promise<void> => {
      hasEnded = true;
      for (const client of [...clients]) drop(client);
      return new Promise((resolve) => server.close(() => resolve()));
    };
    server.on('error', (reason) => {
      if (hasEnded) return;
      void close();
      events.onEnd(reason);
    });
    server.listen({ host, port }, () => {
      if (!hasEnded) events.onListening();
    });
    return {
      get clients() {
        return clients.size;
      },
      get refused() {
        return refused;
      },
      close,
    };
  };
}
