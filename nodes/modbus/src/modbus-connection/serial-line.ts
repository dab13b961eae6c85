import type { ConfigReader } from '@bulkhead/node-kit';
import {
  connectionDefaults as defaults,
  connectionLimits as limits,
  dataBits,
  parities,
  stopBits,
} from './defaults.ts';
import type { SerialLine } from './transport.ts';

/** The fields of a serial port, which clients and servers share. */
export function readSerialLine(reader: ConfigReader): SerialLine {
  const path = reader.text('serialPath', '');
  if (path === '') reader.problem('the serial port is missing, write for example /dev/ttyUSB0 or COM3');
  return {
    path,
    baudRate: reader.number('baudRate', Number(defaults.baudRate), limits.baudRate),
    parity: reader.choice('parity', parities, defaults.parity),
    dataBits: reader.choice('dataBits', dataBits, defaults.dataBits) === '7' ? 7 : 8,
    stopBits: reader.choice('stopBits', stopBits, defaults.stopBits) === '2' ? 2 : 1,
  };
}
