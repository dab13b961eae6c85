import { type ConfigReader, configReader, type ReadResult, readTagRows } from '@bulkhead/node-kit';
import { readSerialLine } from '../modbus-connection/serial-line.ts';
import { type ModbusTag, readTag } from '../modbus-tag/read-tag.ts';
import { type Notation, NOTATIONS } from '../protocol/address.ts';
import {
  accesses,
  type BadWay,
  badWays,
  type Output,
  outputs,
  serverDefaults as defaults,
  serverLimits as limits,
  serverModes,
} from './defaults.ts';
import type { ServerPlace } from './listen.ts';

export interface ServerTag extends ModbusTag {
  /** By clients. */
  isWritable: boolean;
  /** What it holds from the beginning; absent: nothing until a message brings it. */
  initial?: string;
}

export interface ModbusServerConfig {
  place: ServerPlace;
  /** Absent: any. */
  unitId?: number;
  whenBad: BadWay;
  output: Output;
  tags: readonly ServerTag[];
}

function readRow(row: ConfigReader, notation: Notation): ServerTag[] {
  const isWritable = row.choice('access', accesses, 'read') === 'write';
  const initial = row.text('initial', '');
  const tags = readTag(row, notation);
  const area = tags[0]?.span.area;
  if (isWritable && (area === 'input' || area === 'discrete')) {
    row.problem(`a ${area} cannot be written by clients: use a coil or holding`);
  }
  if (tags.some(({ waveform }) => waveform !== undefined))
    row.problem('a server has no waveforms: leave the step empty');
  return tags.map((tag) => ({ ...tag, isWritable, ...(initial === '' ? {} : { initial }) }));
}

function readPlace(reader: ConfigReader): ServerPlace {
  if (reader.choice('mode', serverModes, defaults.mode) === 'rtu') return { kind: 'rtu', line: readSerialLine(reader) };
  return {
    kind: 'tcp',
    host: reader.text('host', defaults.host) || defaults.host,
    port: reader.number('port', Number(defaults.port), limits.port),
    maxClients: reader.number('maxClients', Number(defaults.maxClients), limits.maxClients),
  };
}

/** Reads a `modbus-server` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readModbusServer(raw: object): ReadResult<ModbusServerConfig> {
  const reader = configReader(raw);
  const notation = reader.choice('notation', NOTATIONS, 'zero');
  const unitId = reader.number('unitId', -1, limits.unitId);
  const tags = readTagRows(reader, Reflect.get(raw, 'tags'), (row) => readRow(row, notation));
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: ModbusServerConfig = {
    place: readPlace(reader),
    ...(unitId < 0 ? {} : { unitId }),
    whenBad: reader.choice('whenBad', badWays, defaults.whenBad),
    output: reader.choice('output', outputs, 'batch'),
    tags,
  };
  if (config.place.kind === 'rtu' && unitId < 1)
    reader.problem('on a serial line the device needs a unit of its own, from 1 on');
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
