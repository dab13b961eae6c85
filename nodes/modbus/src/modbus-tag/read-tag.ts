import { parseTopic } from '@bulkhead/core';
import type { ConfigReader } from '@bulkhead/node-kit';
import { type Notation, parseAddress } from '../protocol/address.ts';
import type { Encoding } from '../protocol/decode.ts';
import type { Span } from '../protocol/read-plan.ts';
import {
  type Area,
  AREAS,
  BYTE_ORDERS,
  isBitArea,
  isTextType,
  REGISTER_TYPES,
  type RegisterType,
  sizeOf,
} from '../protocol/register-type.ts';
import { tagLimits as limits } from './defaults.ts';

export interface ModbusTag extends Encoding {
  topic: string;
  span: Span;
  /** Of a gateway with several; absent: the node's own. */
  unitId?: number;
  /** A waveform: so many values, and the microseconds between two. */
  waveform?: { points: number; stepUs: number };
  unit?: string;
  /** As shown to people and sent along with each sample, e.g. `holding:40`, `holding:40.3`; counted from 0. */
  address: string;
}

/**
 * Reads one row of a tag table. A row with a count above 1 is that many tags, numbered from 0 below its topic; one that
 * also has a step is one waveform. What is wrong goes to the reader.
 */
export function readTag(row: ConfigReader, notation: Notation): ModbusTag[] {
  const topic = row.text('topic', '');
  const parsed = parseTopic(topic);
  if (!parsed.ok) row.problem(topic === '' ? 'topic is missing' : `topic "${topic}": ${parsed.message}`);
  const place = readPlace(row, notation);
  const type = row.choice('type', REGISTER_TYPES, isBitArea(place.area) ? 'bool' : 'uint16');
  checkType(row, type, place);
  const scale = row.number('scale', 1, limits.number);
  if (scale === 0) row.problem('scale is 0, so every value would be the offset');
  const unit = row.text('unit', '');
  const count = row.number('count', 1, limits.count);
  const stepUs = row.number('stepUs', 0, limits.stepUs);
  const unitId = row.number('unitId', -1, limits.unitId);
  if (stepUs > 0 && (count === 1 || isTextType(type) || type === 'bool' || type.endsWith('64'))) {
    row.problem('a step makes a waveform, which is a count of 2 or more numbers of at most 32 bits');
  }
  const tag = (name: string, address: number, registers: number): ModbusTag => ({
    topic: name,
    span: { area: place.area, address, count: registers },
    type,
    order: row.choice('order', BYTE_ORDERS, 'ABCD'),
    scale,
    offset: row.number('offset', 0, limits.number),
    ...(place.bit === undefined ? {} : { bit: place.bit }),
    ...(place.half === undefined ? {} : { half: place.half }),
    ...(isTextType(type) ? { textBytes: count } : {}),
    ...(unit === '' ? {} : { unit }),
    ...(unitId < 0 ? {} : { unitId }),
    address: `${place.area}:${address}${place.bit === undefined ? '' : `.${place.bit}`}${half(place.half)}`,
  });
  const each = sizeOf(type, count);
  const all = isTextType(type) ? each : each * count;
  if (place.address + all > 65_536)
    row.problem(`a ${type} at address ${place.address} ends beyond the last address 65535`);
  if (isTextType(type) || count === 1) return [tag(topic, place.address, each)];
  if (stepUs > 0) return [{ ...tag(topic, place.address, all), waveform: { points: count, stepUs } }];
  return Array.from({ length: count }, (_, at) => tag(`${topic}.${at}`, place.address + at * each, each));
}

interface Place {
  area: Area;
  address: number;
  bit?: number;
  half?: 'high' | 'low';
}

function readPlace(row: ConfigReader, notation: Notation): Place {
  const area = row.choice('area', AREAS, 'holding');
  const text = row.text('address', '');
  if (text === '') {
    row.problem('address is missing, give a number from 0 to 65535');
    return { area, address: 0 };
  }
  const parsed = parseAddress(text, notation, area);
  if (parsed.ok) return parsed.value;
  row.problem(parsed.problem);
  return { area, address: 0 };
}

function checkType(row: ConfigReader, type: RegisterType, { area, bit, half: byte }: Place): void {
  if (isBitArea(area) && type !== 'bool') row.problem(`type is ${type}, but a ${area} is one bit: use bool`);
  if (bit !== undefined && type !== 'bool') row.problem(`type is ${type}, but the address names one bit: use bool`);
  if (byte !== undefined && type !== 'int8' && type !== 'uint8') {
    row.problem(`type is ${type}, but the address names one byte: use int8 or uint8`);
  }
}

const half = (side: 'high' | 'low' | undefined): string => (side === undefined ? '' : side === 'high' ? '.h' : '.l');
