import {
  type ConfigReader,
  configReader,
  readFilterColumns,
  type ReadResult,
  type ReadTag as Polled,
  readTagRows,
} from '@bulkhead/node-kit';
import { type ModbusTag, readTag } from '../modbus-tag/read-tag.ts';
import { type Notation, NOTATIONS } from '../protocol/address.ts';
import type { PlanLimits } from '../protocol/read-plan.ts';
import { readDefaults as defaults, readLimits as limits, type Output, outputs } from './defaults.ts';

export type ReadTag = ModbusTag & Pick<Polled, 'pollMs' | 'filter'>;

export interface ModbusReadConfig {
  /** Absent: the connection's own. */
  unitId?: number;
  pollMs: number;
  /** How long after the loss of the connection its tags are said to be stale. */
  staleMs: number;
  output: Output;
  limits: PlanLimits;
  /** 0: no diagnostics. */
  diagnosticsMs: number;
  notation: Notation;
  tags: readonly ReadTag[];
}

/** Reads rows of a tag table; each topic may be there only once. */
export function readTags(reader: ConfigReader, table: unknown, notation: Notation): ReadTag[] {
  return readTagRows(reader, table, (row) => {
    const filter = readFilterColumns(row);
    return readTag(row, notation).map((tag) => ({ ...tag, ...filter }));
  });
}

/** Reads a `modbus-read` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readModbusRead(raw: object): ReadResult<ModbusReadConfig> {
  const reader = configReader(raw);
  const unitId = reader.number('unitId', -1, limits.unitId);
  const notation = reader.choice('notation', NOTATIONS, 'zero');
  const tags = readTags(reader, Reflect.get(raw, 'tags'), notation);
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: ModbusReadConfig = {
    ...(unitId < 0 ? {} : { unitId }),
    pollMs: reader.number('pollMs', Number(defaults.pollMs), limits.pollMs),
    staleMs: reader.number('staleMs', Number(defaults.staleMs), limits.staleMs),
    output: reader.choice('output', outputs, 'batch'),
    limits: {
      maxGap: reader.number('maxGap', Number(defaults.maxGap), limits.maxGap),
      maxRegisters: reader.number('maxRegisters', Number(defaults.maxRegisters), limits.maxRegisters),
    },
    diagnosticsMs: reader.number('diagnosticsS', Number(defaults.diagnosticsS), limits.diagnosticsS) * 1000,
    notation,
    tags,
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
