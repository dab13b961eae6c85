import { type ConfigReader, configReader, type ReadResult, readTagRows } from '@bulkhead/node-kit';
import type { OpcuaTag } from '../opcua-read/config.ts';
import { readTagBase } from '../opcua-tag/tag-row.ts';
import {
  type AggregateName,
  aggregates,
  historyDefaults as defaults,
  historyLimits as limits,
  historyModes,
} from './defaults.ts';

export type HistoryTag = Omit<OpcuaTag, 'samplingMs' | 'queueSize' | 'trigger'>;

export interface OpcuaHistoryConfig {
  mode: (typeof historyModes)[number];
  aggregate: AggregateName;
  intervalMs: number;
  /** Of each tag, for one request of a message. */
  mostValues: number;
  perRequest: number;
  tags: readonly HistoryTag[];
}

function readTag(row: ConfigReader): HistoryTag {
  return { ...readTagBase(row), as: 'value', enums: 'number' };
}

/** Reads an `opcua-history` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaHistory(raw: object): ReadResult<OpcuaHistoryConfig> {
  const reader = configReader(raw);
  const tags = readTagRows(reader, Reflect.get(raw, 'tags'), (row) => [readTag(row)]);
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: OpcuaHistoryConfig = {
    mode: reader.choice('mode', historyModes, defaults.mode),
    aggregate: reader.choice('aggregate', aggregates, defaults.aggregate),
    intervalMs: reader.number('intervalMs', Number(defaults.intervalMs), limits.intervalMs),
    mostValues: reader.number('mostValues', Number(defaults.mostValues), limits.mostValues),
    perRequest: reader.number('perRequest', Number(defaults.perRequest), limits.perRequest),
    tags,
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
