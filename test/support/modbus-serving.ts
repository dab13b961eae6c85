import { type Sample, systemClock } from '@bulkhead/core';
import { listenerAt } from '../../nodes/modbus/src/io/open-listener.ts';
import { readModbusServer } from '../../nodes/modbus/src/modbus-server/config.ts';
import { createDevice, type Device } from '../../nodes/modbus/src/modbus-server/device.ts';
import { createServer, type Server } from '../../nodes/modbus/src/modbus-server/server.ts';
import { until } from './until.ts';

export interface ModbusServing {
  device: Device;
  server: Server;
  written: Sample[];
}

/** A Modbus device as the node `modbus-server` makes it. */
export async function serveModbus(node: object): Promise<ModbusServing> {
  const read = readModbusServer(node);
  if (!read.ok) throw new Error(read.problem);
  const { config } = read;
  const written: Sample[] = [];
  const device = createDevice({ config, now: Date.now, onWrite: (samples) => written.push(...samples) });
  const server = createServer({
    listen: listenerAt(config.place),
    clock: systemClock,
    random: Math.random,
    backOff: { firstMs: 50, factor: 1, maxMs: 50, jitter: 0 },
    onRequest: device.request,
    onState: () => {},
  });
  server.start();
  await until(() => server.state.kind === 'listening', { deadlineMs: 5_000, what: 'the server' });
  return { device, server, written };
}
