import type { ModbusConnectionConfig } from '../modbus-connection/config.ts';
import type { OpenTransport } from '../modbus-connection/transport.ts';
import { rtuOverTcpTransport, serialTransport } from './modbus-rtu.ts';
import { tcpTransport } from './modbus-tcp.ts';

/** What connects to where a `modbus-connection` says. */
export function transportOf({ far, timeoutMs }: Pick<ModbusConnectionConfig, 'far' | 'timeoutMs'>): OpenTransport {
  switch (far.kind) {
    case 'tcp':
      return tcpTransport({ ...far, timeoutMs });
    case 'rtu-tcp':
      return rtuOverTcpTransport({ ...far, timeoutMs });
    case 'rtu':
      return serialTransport(far.line);
  }
}
