import { configReader, type ReadResult } from '@bulkhead/node-kit';
import { connectionDefaults as defaults, connectionLimits as limits } from './defaults.ts';

export interface ModbusConnectionConfig {
  host: string;
  port: number;
  /** Used by readers that name no unit of their own. */
  unitId: number;
  /** For making the connection, and from a request to its answer. */
  timeoutMs: number;
  maxInFlight: number;
  reconnectFirstMs: number;
  reconnectMaxMs: number;
}

/** Reads a `modbus-connection` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readModbusConnection(raw: unknown): ReadResult<ModbusConnectionConfig> {
  const reader = configReader(raw);
  const config: ModbusConnectionConfig = {
    host: reader.text('host', ''),
    port: reader.number('port', Number(defaults.port), limits.port),
    unitId: reader.number('unitId', Number(defaults.unitId), limits.unitId),
    timeoutMs: reader.number('timeoutMs', Number(defaults.timeoutMs), limits.timeoutMs),
    maxInFlight: reader.number('maxInFlight', Number(defaults.maxInFlight), limits.maxInFlight),
    reconnectFirstMs: reader.number('reconnectFirstMs', Number(defaults.reconnectFirstMs), limits.reconnectMs),
    reconnectMaxMs: reader.number('reconnectMaxMs', Number(defaults.reconnectMaxMs), limits.reconnectMs),
  };
  if (config.host === '') reader.problem('host is missing, give the name or address of the device or gateway');
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
