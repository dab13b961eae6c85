import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface FaultProxy {
  readonly port: number;
  /** Connections that were accepted since the start. */
  accepted(): number;
  /** Ends every connection at once, as a reset device would. New ones are taken. */
  cut(): void;
  /** Lets nothing through in either direction and answers nothing, as a pulled cable; what was sent is kept. */
  stall(): void;
  /** Ends a stall: what was kept goes out first. Ends a refusal. */
  resume(): Promise<void>;
  /** From now on lets the bytes of answers through one at a time, this far apart. */
  drip(everyMs: number): void;
  /** Ends every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Sends these bytes to every client, in the middle of whatever goes on. */
  garbage(bytes: Buffer): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  target: Socket;
  kept: Array<() => void>;
  dripping: Promise<void>;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** A TCP proxy on loopback in front of `targetPort`, with the faults of real networks on demand. */
export async function createFaultProxy(targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let accepted = 0;
  let isStalled = false;
  let isListening = true;
  let dripMs = 0;

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.target.destroy();
  };
  /** Behind what drips already. */
  const pass = (pair: Pair, to: Socket, data: Buffer): void => {
    if (to !== pair.client || dripMs === 0) {
      to.write(data);
      return;
    }
    for (const byte of data) {
      pair.dripping = pair.dripping.then(
        () =>
          new Promise((passed) => {
            setTimeout(() => {
              if (!to.destroyed) to.write(Buffer.of(byte));
              passed();
            }, dripMs);
          }),
      );
    }
  };
  const forward = (pair: Pair, from: Socket, to: Socket): void => {
    from.on('data', (data) => {
      if (isStalled) pair.kept.push(() => pass(pair, to, data));
      else pass(pair, to, data);
    });
    const onEnd = (): void => {
      if (isStalled) pair.kept.push(() => end(pair));
      else end(pair);
    };
    from.on('close', onEnd);
    from.on('error', onEnd);
  };
  const server = createServer((client) => {
    accepted += 1;
    const pair: Pair = { client, target: connect(targetPort, '127.0.0.1'), kept: [], dripping: Promise.resolve() };
    pairs.add(pair);
    forward(pair, client, pair.target);
    forward(pair, pair.target, client);
  });
  const port = await listen(server, 0);
  const stopListening = async (): Promise<void> => {
    if (!isListening) return;
    isListening = false;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const pair of [...pairs]) end(pair);
    await closed;
  };

  return {
    port,
    accepted: () => accepted,
    cut() {
      for (const pair of [...pairs]) end(pair);
    },
    stall() {
      isStalled = true;
    },
    async resume() {
      isStalled = false;
      for (const pair of pairs) for (const act of pair.kept.splice(0)) act();
      if (!isListening) {
        await listen(server, port);
        isListening = true;
      }
    },
    drip(everyMs) {
      dripMs = everyMs;
    },
    refuse: stopListening,
    garbage(bytes) {
      for (const pair of pairs) pair.client.write(bytes);
    },
    async close() {
      await stopListening();
    },
  };
}
