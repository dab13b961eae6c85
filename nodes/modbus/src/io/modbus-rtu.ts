import modbus from 'modbus-serial';
import type { OpenTransport, SerialLine } from '../modbus-connection/transport.ts';
import { silenceMs } from '../protocol/rtu-frame.ts';
import type { OpenChannel } from './channel.ts';
import { RtuPort } from './rtu-port.ts';
import { sendRequest } from './send-request.ts';
import { serialChannel } from './serial-channel.ts';
import { tcpChannel } from './tcp-channel.ts';
import type { TcpAddress } from './tcp-port.ts';

/** Serial frames through modbus-serial, over a port of our own. One request at a time: an answer says not whose it is. */
function rtuTransport(open: OpenChannel, silence: number): OpenTransport {
  return (events) => {
    const port = new RtuPort(open, silence, events);
    const client = new modbus.default(port);
    // Hooks the library up with its port; without it no answer is heard.
    client.open(() => {});
    return {
      send: (unit, request, onReply) => sendRequest(client, unit, request, onReply),
      destroy: () => port.destroy(),
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
