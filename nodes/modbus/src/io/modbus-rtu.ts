import type { OpenTransport, SerialLine } from '../modbus-connection/transport.ts';
import { serialFrame } from '../protocol/crc16.ts';
import { parseReply } from '../protocol/reply.ts';
import { requestBody } from '../protocol/request-body.ts';
import { CRC_BYTES, type ExpectedReply, expectedReply, findReply, silenceMs } from '../protocol/rtu-frame.ts';
import type { OpenChannel } from './channel.ts';
import { serialChannel } from './serial-channel.ts';
import { type TcpAddress, tcpChannel } from './tcp-channel.ts';

/** More than this nobody sends in answer to one request. */
const mostReceived = 1_024;

interface Awaited {
  expected: ExpectedReply | undefined;
  onBody(body: Buffer): void;
}

/**
 * Serial frames over a serial line or a TCP socket. One request at a time: an answer says not whose it is. Whatever cannot
 * be the answer to the request (noise, an echo, another's answer) is passed over.
 */
function rtuTransport(open: OpenChannel, silence: number): OpenTransport {
  return (events) => {
    let awaited: Awaited | undefined;
    let received: Buffer = Buffer.alloc(0);
    let quietFrom = 0;
    let writing: NodeJS.Timeout | undefined;

    const destroy = (): void => {
      clearTimeout(writing);
      awaited = undefined;
      channel.destroy();
    };
    const receive = (bytes: Buffer): void => {
      quietFrom = performance.now();
      if (awaited?.expected === undefined) return;
      const { onBody, expected } = awaited;
      const { reply, rest } = findReply(Buffer.concat([received, bytes]).subarray(-mostReceived), expected);
      received = rest;
      if (reply === undefined) return;
      awaited = undefined;
      events.onHeard();
      onBody(reply.subarray(0, -CRC_BYTES));
    };
    const channel = open({
      onOpen: events.onOpen,
      onData: receive,
      onEnd(reason) {
        destroy();
        events.onEnd(reason);
      },
    });

    return {
      send(unit, request, onReply) {
        const asked = requestBody(unit, request);
        const frame = serialFrame(asked);
        const write = (): void => {
          awaited = {
            expected: expectedReply(frame),
            onBody: (body) => onReply(parseReply(request, asked, body)),
          };
          received = Buffer.alloc(0);
          channel.write(frame);
        };
        const waitMs = quietFrom + silence - performance.now();
        clearTimeout(writing);
        if (silence === 0 || waitMs <= 0) write();
        else writing = setTimeout(write, Math.ceil(waitMs));
      },
      destroy,
    };
  };
}

/** Modbus RTU over a serial line of this machine. */
export function serialTransport(line: SerialLine): OpenTransport {
  return rtuTransport(serialChannel(line), silenceMs(line.baudRate));
}

/** Modbus RTU over TCP, as a serial device server passes it on; the pauses on the line are its own affair. */
export function rtuOverTcpTransport(address: TcpAddress): OpenTransport {
  return rtuTransport(tcpChannel(address), 0);
}
