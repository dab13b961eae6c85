import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { bodyOf, type Frame, notificationAt, PUBLISH_RESPONSE, requestIdOf, splitFrames } from './frames.ts';

/** Answers by the type of their request, in the order in which they came. */
export interface Recording {
  acknowledge: string;
  open: string;
  byRequest: Record<string, string[]>;
  /** Notifications with data. */
  publish: string[];
}

export interface Recorder {
  port: number;
  recording: Recording;
  /** Resolves when so many notifications with data have been recorded. */
  recorded(notifications: number): Promise<void>;
  close(): void;
}

/** Stands between a client and a server, and keeps the answers. */
export async function startRecorder(target: number): Promise<Recorder> {
  const recording: Recording = { acknowledge: '', open: '', byRequest: {}, publish: [] };
  const typeByRequest = new Map<number, number>();
  const sockets = new Set<Socket>();
  let wake: (() => void) | undefined;

  const keepAnswer = (frame: Frame): void => {
    const hex = frame.bytes.toString('hex');
    if (frame.type === 'ACK') recording.acknowledge = hex;
    else if (frame.type === 'OPN') recording.open = hex;
    else if (frame.type === 'MSG' && frame.bytes.toString('latin1', 3, 4) === 'F') {
      if (bodyOf(frame).id === PUBLISH_RESPONSE) {
        if (notificationAt(frame).hasData) recording.publish.push(hex);
      } else {
        const type = String(typeByRequest.get(requestIdOf(frame)));
        const known = recording.byRequest[type] ?? [];
        recording.byRequest[type] = [...known, hex];
      }
      wake?.();
    }
  };
  const forward = (from: Socket, to: Socket, each: (frame: Frame) => void): void => {
    let rest: Buffer = Buffer.alloc(0);
    from.on('data', (data) => {
      to.write(data);
      const split = splitFrames(Buffer.concat([rest, data]));
      rest = split.rest;
      for (const frame of split.frames) each(frame);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    sockets.add(client).add(upstream);
    forward(client, upstream, (frame) => {
      if (frame.type === 'MSG') typeByRequest.set(requestIdOf(frame), bodyOf(frame).id);
    });
    forward(upstream, client, keepAnswer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    recording,
    async recorded(notifications) {
      while (recording.publish.length < notifications) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
