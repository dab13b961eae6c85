import modbus from 'modbus-serial';
import type { OpenTransport } from '../modbus-connection/transport.ts';
import type { ReadReply } from '../protocol/read-reply.ts';
import type { Span } from '../protocol/read-plan.ts';
import { type TcpAddress, TcpPort } from './tcp-port.ts';

type Client = InstanceType<typeof modbus.default>;

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
      read(unit, span, onReply) {
        request(client, unit, span, (error, data) => onReply(error === null ? replyOf(span, data) : failureOf(error)));
      },
      destroy: () => port.destroy(),
    };
  };
}

type Answered = (error: Error | null, data: { data: readonly (number | boolean)[] } | undefined) => void;

function request(client: Client, unit: number, { area, address, count }: Span, next: Answered): void {
  switch (area) {
    case 'coil':
      return client.writeFC1(unit, address, count, next);
    case 'discrete':
      return client.writeFC2(unit, address, count, next);
    case 'holding':
      return client.writeFC3(unit, address, count, next);
    case 'input':
      return client.writeFC4(unit, address, count, next);
  }
}

function replyOf(span: Span, answer: { data: readonly (number | boolean)[] } | undefined): ReadReply {
  // Bits come padded to whole bytes.
  const values = answer?.data.slice(0, span.count).map(Number) ?? [];
  if (values.length === span.count) return { kind: 'values', values };
  return { kind: 'garbled', reason: `${values.length} values instead of ${span.count}` };
}

function failureOf(error: Error): ReadReply {
  if ('modbusCode' in error && typeof error.modbusCode === 'number') {
    return { kind: 'exception', code: error.modbusCode };
  }
  return { kind: 'garbled', reason: error.message };
}
