import {
  type ConfigReader,
  configReader,
  type ReadResult,
  readTagRows,
  readWriteLimits,
  type WriteTag as Limited,
} from '@bulkhead/node-kit';
import { type ModbusTag, readTag } from '../modbus-tag/read-tag.ts';
import { type Notation, NOTATIONS } from '../protocol/address.ts';
import { isTextType } from '../protocol/register-type.ts';
import type { WriteLimits } from '../protocol/write-plan.ts';
import {
  type BitWay,
  bitWays,
  type ReadBack,
  readBacks,
  writeDefaults as defaults,
  writeLimits as limits,
} from './defaults.ts';

export type WriteTag = ModbusTag & Limited;

export interface ModbusWriteConfig {
  /** Absent: the connection's own. */
  unitId?: number;
  /** A message that could not be sent to the device within this is refused. */
  deadlineMs: number;
  readBack: ReadBack;
  bits: BitWay;
  limits: WriteLimits;
  /** By topic. */
  tags: ReadonlyMap<string, WriteTag>;
}

function readRow(row: ConfigReader, notation: Notation): WriteTag[] {
  const { min, max, isLimited } = readWriteLimits(row);
  const tags = readTag(row, notation);
  const [first] = tags;
  if (first === undefined) return [];
  const { span, type } = first;
  if (span.area === 'input' || span.area === 'discrete')
    row.problem(`a ${span.area} is read only: write a coil or holding`);
  if (isLimited && (type === 'bool' || isTextType(type))) row.problem(`a ${type} has no min and max`);
  if (first.waveform !== undefined) row.problem('a waveform is not written: leave its step empty');
  return tags.map((tag) => ({ ...tag, min, max }));
}

/** Reads a `modbus-write` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readModbusWrite(raw: object): ReadResult<ModbusWriteConfig> {
  const reader = configReader(raw);
  const unitId = reader.number('unitId', -1, limits.unitId);
  const notation = reader.choice('notation', NOTATIONS, 'zero');
  const rows = readTagRows(reader, Reflect.get(raw, 'tags'), (row) => readRow(row, notation));
  const readBack = reader.choice('readBack', readBacks, 'off');
  if (rows.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: ModbusWriteConfig = {
    ...(unitId < 0 ? {} : { unitId }),
    deadlineMs: reader.number('deadlineMs', Number(defaults.deadlineMs), limits.deadlineMs),
    readBack,
    bits: reader.choice('bits', bitWays, 'mask'),
    limits: {
      maxRegisters: reader.number('maxRegisters', Number(defaults.maxRegisters), limits.maxRegisters),
      isAlwaysMany: reader.flag('alwaysMany', defaults.alwaysMany),
      isReadAlong: readBack === 'along',
    },
    tags: new Map(rows.map((tag) => [tag.topic, tag])),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
