import { type ConfigReader, configReader, readRows } from '@bulkhead/node-kit';
import type { ReadResult } from '../modbus-connection/config.ts';
import { type ModbusTag, readTag } from '../modbus-tag/read-tag.ts';
import { type Notation, NOTATIONS } from '../protocol/address.ts';
import { readDefaults as defaults, readLimits as limits, type Output, outputs } from './defaults.ts';

export interface ModbusReadConfig {
  /** Absent: the connection's own. */
  unitId?: number;
  pollMs: number;
  output: Output;
  maxGap: number;
  maxRegisters: number;
  tags: readonly ModbusTag[];
}

function readTags(reader: ConfigReader, table: unknown, notation: Notation): ModbusTag[] {
  const firstRowOf = new Map<string, number>();
  const tags = readRows(reader, table, (row, index) => {
    const own = readTag(row, notation);
    for (const { topic } of own) {
      const earlier = firstRowOf.get(topic);
      if (earlier === undefined) firstRowOf.set(topic, index + 1);
      else if (topic !== '') row.problem(`topic ${topic} is already used in row ${earlier}`);
    }
    return own;
  });
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  return tags.flat();
}

/** Reads a `modbus-read` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readModbusRead(raw: object): ReadResult<ModbusReadConfig> {
  const reader = configReader(raw);
  const unitId = reader.number('unitId', -1, limits.unitId);
  const config: ModbusReadConfig = {
    ...(unitId < 0 ? {} : { unitId }),
    pollMs: reader.number('pollMs', Number(defaults.pollMs), limits.pollMs),
    output: reader.choice('output', outputs, 'batch'),
    maxGap: reader.number('maxGap', Number(defaults.maxGap), limits.maxGap),
    maxRegisters: reader.number('maxRegisters', Number(defaults.maxRegisters), limits.maxRegisters),
    tags: readTags(reader, Reflect.get(raw, 'tags'), reader.choice('notation', NOTATIONS, 'zero')),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
