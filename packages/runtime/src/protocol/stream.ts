/** The streams behind an address, whatever carries them. */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import type * as Tls from 'node:tls';
import type { Address, MutualTls } from './address.ts';
import { connectReading, readingSocket } from './one-read-buffer.ts';

/** TLS is loaded by those alone who use it: it costs every compartment a megabyte. */
const tls = (): typeof Tls => process.getBuiltinModule('node:tls');

const material = ({ certificate, key, peer }: MutualTls) => ({ cert: certificate, key, ca: [peer] });

/** `lent`: a chunk of `data` is there for the time of the event alone (without TLS, see `one-read-buffer.ts`). */
export type Chunks = 'given' | 'lent';

/** `onOpen` is called once the stream can be written to; with TLS, once both sides have proved themselves. */
export function openStream(address: Address, onOpen: () => void, chunks: Chunks = 'given'): Socket {
  const open = (options: NetConnectOpts): Socket =>
    chunks === 'lent' ? connectReading(options, onOpen) : connect(options, onOpen);
  if ('path' in address) return open({ path: address.path });
  const { host, port, tls: proof } = address;
  if (proof === undefined) return open({ host, port });
  const wants = proof.wants === undefined ? {} : { servername: proof.wants };
  // The certificate is pinned, so the name in it says nothing.
  const options = { ...material(proof), host, port, ...wants, checkServerIdentity: () => undefined };
  return tls().connect(options, onOpen);
}

export interface ServerOptions {
  readonly onRefused?: (reason: string) => void;
  readonly handshakeTimeoutMs: number;
  readonly chunks?: Chunks;
}

/** A server for an address, which listens not yet. `onRefused` hears of those who could not prove themselves. */
export function createStreamServer(
  address: Address,
  accept: (socket: Socket, wants: string) => void,
  { onRefused = () => {}, handshakeTimeoutMs, chunks = 'given' }: ServerOptions,
): Server {
  const proof = 'path' in address ? undefined : address.tls;
  if (proof === undefined && chunks === 'given') return createServer((socket) => accept(socket, ''));
  if (proof === undefined) {
    return createServer({ pauseOnConnect: true }, (socket) => accept(readingSocket(socket), ''));
  }
  const options = { ...material(proof), requestCert: true, handshakeTimeout: handshakeTimeoutMs };
  const server = tls().createServer(
    options,
    (socket: Tls.TLSSocket & { readonly servername?: string | false | null }) => {
      accept(socket, socket.servername || '');
    },
  );
  server.on('tlsClientError', (error, socket) => {
    socket.destroy();
    onRefused(error.message);
  });
  return server;
}

/** Rejects with the system error (`EADDRINUSE`, ...); resolves with the address bound, port 0 replaced by the real one. */
export async function listenOn(server: Server, address: Address): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen('path' in address ? { path: address.path } : { host: address.host, port: address.port }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  if ('path' in address || bound === null || typeof bound === 'string') return address;
  return { ...address, host: bound.address, port: bound.port };
}
