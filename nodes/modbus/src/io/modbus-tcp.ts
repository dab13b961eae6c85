import modbus from 'modbus-serial';
import type { OpenTransport } from '../modbus-connection/transport.ts';
import { sendRequest } from './send-request.ts';
import { type TcpAddress, TcpPort } from './tcp-port.ts';

/**
 * Modbus TCP through modbus-serial, over a port of our own.
 *
 * The library's timeout stays off: it throws late answers away, and a read that the device counted must not get lost.
 * Who waits, and how long, is decided in `modbus-connection/request-queue.ts`.
 */
export function tcpTransport(address: TcpAddress): OpenTransport {
  return (events) => {
    const port = new TcpPort(address, events);
    const client = new modbus.default(port);
    // Hooks the library up with its port; without it no answer is heard.
    client.open(() => {});
    return {
      send: (unit, request, onReply) => sendRequest(client, unit, request, onReply),
      destroy: () => port.destroy(),
    };
  };
}
