import { parseTopic } from '@bulkhead/core';
import { type ConfigReader, configReader, readRows } from '@bulkhead/node-kit';
import type { ReadResult } from '../modbus-connection/config.ts';
import type { Encoding } from '../protocol/decode.ts';
import type { Span } from '../protocol/read-plan.ts';
import { AREAS, BYTE_ORDERS, isBitArea, REGISTER_TYPES, sizeOf } from '../protocol/register-type.ts';
import { readDefaults as defaults, readLimits as limits, type Output, outputs } from './defaults.ts';

export interface ModbusTag extends Encoding {
  topic: string;
  span: Span;
  unit?: string;
  /** As shown to people and sent along with each sample, e.g. `holding:40`. */
  address: string;
}

export interface ModbusReadConfig {
  /** Absent: the connection's own. */
  unitId?: number;
  pollMs: number;
  output: Output;
  maxGap: number;
  maxRegisters: number;
  tags: readonly ModbusTag[];
}

function readTag(row: ConfigReader): ModbusTag {
  const area = row.choice('area', AREAS, 'holding');
  const isBit = isBitArea(area);
  const type = row.choice('type', REGISTER_TYPES, isBit ? 'bool' : 'uint16');
  if (isBit && type !== 'bool') row.problem(`type is ${type}, but a ${area} is one bit: use bool`);
  if (row.text('address', '') === '') row.problem('address is missing, give a number from 0 to 65535');
  const address = row.number('address', 0, limits.address);
  const count = sizeOf(type);
  if (address + count > 65_536) row.problem(`a ${type} at address ${address} ends beyond the last address 65535`);
  const scale = row.number('scale', 1, limits.number);
  if (scale === 0) row.problem('scale is 0, so every value would be the offset');
  const topic = row.text('topic', '');
  const parsed = parseTopic(topic);
  if (!parsed.ok) row.problem(topic === '' ? 'topic is missing' : `topic "${topic}": ${parsed.message}`);
  const unit = row.text('unit', '');
  return {
    topic,
    span: { area, address, count },
    type,
    order: row.choice('order', BYTE_ORDERS, 'ABCD'),
    scale,
    offset: row.number('offset', 0, limits.number),
    ...(unit === '' ? {} : { unit }),
    address: `${area}:${address}`,
  };
}

function readTags(reader: ConfigReader, table: unknown): ModbusTag[] {
  const firstRowOf = new Map<string, number>();
  const tags = readRows(reader, table, (row, index) => {
    const tag = readTag(row);
    const earlier = firstRowOf.get(tag.topic);
    if (earlier === undefined) firstRowOf.set(tag.topic, index + 1);
    else if (tag.topic !== '') row.problem(`topic ${tag.topic} is already used in row ${earlier}`);
    return tag;
  });
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  return tags;
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
    tags: readTags(reader, Reflect.get(raw, 'tags')),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
