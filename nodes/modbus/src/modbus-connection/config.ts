import type { BackOffPolicy } from '@bulkhead/core';
import { type ConfigReader, configReader, readBackOff, type ReadResult } from '@bulkhead/node-kit';
import { connectionDefaults as defaults, connectionLimits as limits, modes } from './defaults.ts';
import { readSerialLine } from './serial-line.ts';
import type { SerialLine } from './transport.ts';

/** Where the device or the gateway is. */
export type FarSide = { kind: 'tcp' | 'rtu-tcp'; host: string; port: number } | { kind: 'rtu'; line: SerialLine };

export interface ModbusConnectionConfig {
  far: FarSide;
  /** Used by nodes that name no unit of their own. */
  unitId: number;
  /** For making the connection, and from a request to its answer. */
  timeoutMs: number;
  /** Unanswered requests at a time. */
  maxInFlight: number;
  /** How long a request without an answer keeps its place: 0 where answers say whose they are. */
  lingerMs: number;
  allowWrites: boolean;
  backOff: BackOffPolicy;
}

function readTcp(reader: ConfigReader, kind: 'tcp' | 'rtu-tcp'): FarSide {
  const host = reader.text('host', '');
  if (host === '') reader.problem('host is missing, give the name or address of the device or gateway');
  return { kind, host, port: reader.number('port', Number(defaults.port), limits.port) };
}

/** Reads a `modbus-connection` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readModbusConnection(raw: unknown): ReadResult<ModbusConnectionConfig> {
  const reader = configReader(raw);
  const mode = reader.choice('mode', modes, defaults.mode);
  const far: FarSide = mode === 'rtu' ? { kind: 'rtu', line: readSerialLine(reader) } : readTcp(reader, mode);
  const timeoutMs = reader.number('timeoutMs', Number(defaults.timeoutMs), limits.timeoutMs);
  const maxInFlight = reader.number('maxInFlight', Number(defaults.maxInFlight), limits.maxInFlight);
  const config: ModbusConnectionConfig = {
    far,
    unitId: reader.number('unitId', Number(defaults.unitId), limits.unitId),
    timeoutMs,
    maxInFlight: mode === 'tcp' ? maxInFlight : 1,
    lingerMs: mode === 'tcp' ? 0 : timeoutMs,
    allowWrites: reader.flag('allowWrites', defaults.allowWrites),
    backOff: readBackOff(reader, defaults, limits.reconnectMs),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}

/** The far side for people: `host:port`, or the serial port. */
export function whereIs(far: FarSide): string {
  return far.kind === 'rtu' ? far.line.path : `${far.host}:${far.port}`;
}
