/** The listening side: lets in who says hello in time, in our protocol and with the right token. */
import type { Socket } from 'node:net';
import type { Address } from './address.ts';
import { maxFrameBytes } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import { decodeHello, encodeHandshake, maxHandshakeBytes, protocolMismatch } from './handshake.ts';
import { type Hello, type HelloAnswer, protocolVersion } from './messages.ts';
import { createPeer, type Intake, type Peer, type PeerOptions, type Refusal, type Tagged } from './peer.ts';
import { createStreamServer, listenOn } from './stream.ts';

export interface ListenOptions<In, Out> {
  /** Null lets in; a string refuses and is told to the other side. Compare tokens with `tokenMatches`. */
  readonly authenticate: (hello: Hello) => string | null;
  /** Called once per accepted connection; the peer may be sent to at once. */
  readonly onPeer: (peer: Peer<Out>, hello: Hello) => Pick<PeerOptions<In>, 'onMessage' | 'onClose'>;
  /** What could not be sent to somebody who was let in, for one line each. */
  readonly onSendRefused?: (hello: Hello, refusal: Refusal, detail: string) => void;
  /** Connections that were turned away, one line each. */
  readonly onTurnedAway?: (reason: string) => void;
  readonly helloTimeoutMs?: number;
  readonly maxQueuedBytes?: number;
  /** Largest message taken once the token was checked; `maxFrameBytes` where not given. */
  readonly maxMessageBytes?: number;
  readonly intake?: Intake;
  /** Connections that have not said hello yet; further ones are closed at once. */
  readonly maxStrangers?: number;
}

export interface Listener {
  /** The address that was bound: a TCP port 0 is replaced by the real one. */
  readonly address: Address;
  close(): Promise<void>;
}

/** Rejects with the system error (`EADDRINUSE`, ...) when the address cannot be bound. */
export async function listen<In extends Tagged, Out extends Tagged>(
  address: Address,
  options: ListenOptions<In, Out>,
): Promise<Listener> {
  const { helloTimeoutMs = 5000, maxStrangers = 64 } = options;
  const sockets = new Set<Socket>();
  let strangers = 0;

  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (strangers >= maxStrangers) {
      socket.destroy();
      return;
    }
    strangers += 1;
    const reader = createFrameReader(maxHandshakeBytes);
    let known = false;
    const decide = (): void => {
      if (known) return;
      known = true;
      strangers -= 1;
      clearTimeout(deadline);
      socket.removeListener('data', onData);
      socket.removeListener('error', onError);
      socket.removeListener('close', onGone);
    };
    const turnAway = (reason: string, answer?: HelloAnswer): void => {
      decide();
      socket.on('error', () => {});
      if (answer === undefined) socket.destroy();
      else socket.end(encodeHandshake(answer), () => socket.destroy());
      options.onTurnedAway?.(reason);
    };
    const onError = (error: Error): void => turnAway(error.message);
    // Somebody only looked whether anybody listens: nothing to tell.
    const onGone = (): void => decide();
    const letIn = (hello: Hello): void => {
      decide();
      reader.limit(options.maxMessageBytes ?? maxFrameBytes);
      socket.write(encodeHandshake({ type: 'welcome', protocol: protocolVersion }));
      let handlers: Pick<PeerOptions<In>, 'onMessage' | 'onClose'> | null = null;
      const peer = createPeer<In, Out>(socket, {
        reader,
        onMessage: (message) => handlers?.onMessage(message),
        onClose: (reason) => handlers?.onClose?.(reason),
        onRefused: (refusal, detail) => options.onSendRefused?.(hello, refusal, detail),
        ...(options.maxQueuedBytes === undefined ? {} : { maxQueuedBytes: options.maxQueuedBytes }),
        ...(options.intake === undefined ? {} : { intake: options.intake }),
      });
      handlers = options.onPeer(peer, hello);
    };
    const onData = (chunk: Buffer): void => {
      reader.push(chunk);
      greet();
      reader.keep();
    };
    const greet = (): void => {
      let hello: Hello;
      try {
        const payload = reader.next();
        if (payload === null) return;
        hello = decodeHello(payload);
      } catch (error) {
        turnAway(error instanceof Error ? error.message : String(error));
        return;
      }
      const reason = protocolMismatch(hello) ?? options.authenticate(hello);
      if (reason === null) letIn(hello);
      else turnAway(`${hello.role} ${hello.id}: ${reason}`, { type: 'refused', reason });
    };
    const deadline = setTimeout(() => turnAway('no hello in time'), helloTimeoutMs);
    socket.on('data', onData);
    socket.on('error', onError);
    socket.on('close', onGone);
  };

  const server = createStreamServer(address, accept, {
    handshakeTimeoutMs: helloTimeoutMs,
    chunks: 'lent',
    onRefused: (reason) => options.onTurnedAway?.(reason),
  });
  const bound = await listenOn(server, address);
  // EMFILE while accepting: the listener itself lives on.
  server.on('error', (error) => options.onTurnedAway?.(error.message));

  return {
    address: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
