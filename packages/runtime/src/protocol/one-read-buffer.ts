/**
 * Sockets that read into one buffer of the process, over and over. Otherwise Node.js allocates 64 KiB for each read, which
 * V8 counts as garbage on its heap: that costs more than the reading.
 *
 * `data` is emitted as ever, but its chunk is there for the time of the event alone. A socket without a listener loses what
 * it reads; never `pipe` one.
 */
import { type NetConnectOpts, connect, Socket } from 'node:net';

const memory = Buffer.allocUnsafeSlow(256 * 1024);

interface Reading {
  readonly buffer: Buffer;
  readonly callback: (bytes: number) => boolean;
}

const into = (socketOf: () => Socket): Reading => ({
  buffer: memory,
  callback: (bytes) => {
    socketOf().emit('data', memory.subarray(0, bytes));
    return true;
  },
});

export function connectReading(options: NetConnectOpts, onOpen: () => void): Socket {
  const socket: Socket = connect({ ...options, onread: into(() => socket) }, onOpen);
  return socket;
}

/**
 * The same connection as a socket that reads so; for one that was accepted with `pauseOnConnect`. A server cannot be told
 * how its sockets read, so the connection is taken out of the one it made. Where this Node.js has no such inside, that one
 * is given back, and reads as ever.
 */
export function readingSocket(accepted: Socket): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (isReadable(handle)) {
    const reading = into(() => (socket instanceof Socket ? socket : accepted));
    // Constructed by reflection: the types do not know of the option.
    const socket: unknown = Reflect.construct(Socket, [{ handle, onread: reading }]);
    if (socket instanceof Socket && Reflect.get(socket, '_handle') === handle) {
      Reflect.set(accepted, '_handle', null);
      // The server counts the one that it made.
      socket.once('close', () => accepted.destroy());
      return socket;
    }
  }
  return accepted.resume();
}

const isReadable = (handle: unknown): boolean =>
  typeof handle === 'object' && handle !== null && typeof Reflect.get(handle, 'useUserBuffer') === 'function';
