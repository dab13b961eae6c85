import type { BackOffPolicy } from '@bulkhead/core';
import { type ConfigReader, configReader, readBackOff, type ReadResult } from '@bulkhead/node-kit';
import { readSymbols, type Symbols } from './symbols.ts';
import { connectionDefaults as defaults, connectionLimits as limits, isByTsap, plcs, tsapPattern } from './defaults.ts';
import type { S7Address } from './transport.ts';

export interface S7ConnectionConfig {
  address: S7Address;
  allowWrites: boolean;
  symbols: Symbols;
  backOff: BackOffPolicy;
}

/** First byte of the PLC's access point: 1 programming device, 2 operator panel, 3 others; PLCs keep connections for each. */
const CONNECTION_KIND = 0x0300;
const LOCAL_TSAP = 0x0100;

function tsap(reader: ConfigReader, name: 'localTsap' | 'remoteTsap'): number {
  const text = reader.text(name, defaults[name]);
  const match = tsapPattern.exec(text);
  if (match === null) reader.problem(`${name} is "${text}", it must be two bytes in hexadecimal such as 0100 or 01.00`);
  return Number.parseInt(`${match?.[1] ?? ''}${match?.[2] ?? ''}`, 16);
}

/** Reads an `s7-connection` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readS7Connection(raw: unknown): ReadResult<S7ConnectionConfig> {
  const reader = configReader(raw);
  const plc = reader.choice('plc', plcs, defaults.plc);
  const rack = reader.number('rack', Number(defaults.rack), limits.rack);
  const slot = reader.number('slot', Number(defaults.slot), limits.slot);
  const tsaps = isByTsap(plc)
    ? { localTsap: tsap(reader, 'localTsap'), remoteTsap: tsap(reader, 'remoteTsap') }
    : { localTsap: LOCAL_TSAP, remoteTsap: CONNECTION_KIND + rack * 32 + slot };
  const host = reader.text('host', '');
  if (host === '') reader.problem('host is missing, give the name or address of the PLC');
  const config: S7ConnectionConfig = {
    address: {
      host,
      port: reader.number('port', Number(defaults.port), limits.port),
      ...tsaps,
      timeoutMs: reader.number('timeoutMs', Number(defaults.timeoutMs), limits.timeoutMs),
      wanted: {
        pduBytes: reader.number('pduBytes', Number(defaults.pduBytes), limits.pduBytes),
        parallel: reader.number('parallel', Number(defaults.parallel), limits.parallel),
      },
    },
    allowWrites: reader.flag('allowWrites', defaults.allowWrites),
    symbols: readSymbols(reader),
    backOff: readBackOff(reader, defaults, limits.reconnectMs),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
