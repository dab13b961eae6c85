/** A server that answers as it was recorded, and every Publish at once with the next notification. Prints its port. */
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import {
  bodyOf,
  type Frame,
  notificationAt,
  PUBLISH_REQUEST,
  requestHandleOf,
  requestIdOf,
  sequenceAt,
  splitFrames,
} from './frames.ts';
import type { Recording } from './recorder.ts';

function isRecording(candidate: unknown): candidate is Recording {
  return typeof candidate === 'object' && candidate !== null && 'publish' in candidate && 'byRequest' in candidate;
}

const read: unknown = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
if (!isRecording(read)) throw new TypeError('no recording');
const recording = read;
const frameOf = (hex: string, type: string): Frame => ({ type, bytes: Buffer.from(hex, 'hex') });
const notifications = recording.publish.map((hex) => frameOf(hex, 'MSG'));

function serve(socket: Socket): void {
  const asked = new Map<number, number>();
  let sequence = 1;
  let published = 0;
  let rest: Buffer = Buffer.alloc(0);

  const answer = (kept: Frame, request: Frame, patch?: (bytes: Buffer) => void): void => {
    const bytes = Buffer.from(kept.bytes);
    const at = sequenceAt(kept);
    bytes.writeUInt32LE(sequence, at);
    bytes.writeUInt32LE(requestIdOf(request), at + 4);
    bytes.writeUInt32LE(requestHandleOf(request), bodyOf(kept).end + 8);
    sequence += 1;
    patch?.(bytes);
    socket.write(bytes);
  };
  const publish = (request: Frame): void => {
    const kept = notifications[published % notifications.length];
    published += 1;
    if (kept !== undefined) answer(kept, request, (bytes) => bytes.writeUInt32LE(published, notificationAt(kept).at));
  };
  const take = (frame: Frame): void => {
    if (frame.type === 'HEL') socket.write(Buffer.from(recording.acknowledge, 'hex'));
    else if (frame.type === 'OPN') answer(frameOf(recording.open, 'OPN'), frame);
    else if (frame.type === 'MSG') {
      const { id } = bodyOf(frame);
      if (id === PUBLISH_REQUEST) {
        publish(frame);
        return;
      }
      const kept = recording.byRequest[String(id)] ?? [];
      const nth = asked.get(id) ?? 0;
      asked.set(id, nth + 1);
      const hex = kept[Math.min(nth, kept.length - 1)];
      if (hex !== undefined) answer(frameOf(hex, 'MSG'), frame);
    }
  };
  socket.on('data', (data) => {
    const split = splitFrames(Buffer.concat([rest, data]));
    rest = split.rest;
    for (const frame of split.frames) take(frame);
  });
  socket.on('error', () => socket.destroy());
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
