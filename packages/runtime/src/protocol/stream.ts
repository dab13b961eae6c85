/** The streams behind an address, whatever carries them. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type * as Tls from 'node:tls';
import type { Address, MutualTls } from './address.ts';

/** TLS is loaded by those alone who use it: it costs every compartment a megabyte. */
const tls = (): typeof Tls => process.getBuiltinModule('node:tls');

const material = ({ certificate, key, peer }: MutualTls) => ({ cert: certificate, key, ca: [peer] });

/** `onOpen` is called once the stream can be written to; with TLS, once both sides have proved themselves. */
export function openStream(address: Address, onOpen: () => void): Socket {
  if ('path' in address) return connect(address.path, onOpen);
  const { host, port, tls: proof } = address;
  if (proof === undefined) return connect(port, host, onOpen);
  const wants = proof.wants === undefined ? {} : { servername: proof.wants };
  // The certificate is pinned, so the name in it says nothing.
  const options = { ...material(proof), host, port, ...wants, checkServerIdentity: () => undefined };
  return tls().connect(options, onOpen);
}

/** A server for an address, which listens not yet. `onRefused` hears of those who could not prove themselves. */
export function createStreamServer(
  address: Address,
  accept: (socket: Socket, wants: string) => void,
  { onRefused = () => {}, handshakeTimeoutMs }: { onRefused?: (reason: string) => void; handshakeTimeoutMs: number },
): Server {
  const proof = 'path' in address ? undefined : address.tls;
  if (proof === undefined) return createServer((socket) => accept(socket, ''));
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
