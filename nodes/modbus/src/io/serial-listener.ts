import { crc16 } from '../protocol/crc16.ts';
import { silenceMs } from '../protocol/rtu-frame.ts';
import { findRequest } from '../protocol/rtu-request.ts';
import type { Listen } from '../modbus-server/listen.ts';
import type { SerialLine } from '../modbus-connection/transport.ts';
import { serialChannel } from './serial-channel.ts';

/** More than this no request has. */
const mostReceived = 512;

/** A unit on a serial line. What is not a request, such as the answers of other units, is passed over. */
export function serialListener(line: SerialLine): Listen {
  return (events) => {
    const pauseMs = Math.ceil(silenceMs(line.baudRate));
    const answering = new Set<NodeJS.Timeout>();
    let received: Buffer = Buffer.alloc(0);
    /** After the silence by which the line tells one frame from the next. */
    const answer = (frame: Buffer): void => {
      const timer = setTimeout(() => {
        answering.delete(timer);
        channel.write(frame);
      }, pauseMs);
      answering.add(timer);
    };
    const channel = serialChannel(line)({
      onOpen: events.onListening,
      onEnd: events.onEnd,
      onData(bytes) {
        const found = findRequest(Buffer.concat([received, bytes]).subarray(-mostReceived));
        received = Buffer.from(found.rest);
        for (const body of found.requests) {
          const pdu = events.onRequest(body.readUInt8(0), body.subarray(1), line.path);
          if (pdu !== undefined) answer(withCrc(Buffer.concat([body.subarray(0, 1), pdu])));
        }
      },
    });
    return {
      clients: 1,
      refused: 0,
      async close() {
        for (const timer of answering) clearTimeout(timer);
        channel.destroy();
      },
    };
  };
}

function withCrc(body: Buffer): Buffer {
  const frame = Buffer.alloc(body.length + 2);
  body.copy(frame);
  frame.writeUInt16LE(crc16(body), body.length);
  return frame;
}
