import {
  type ConfigReader,
  configReader,
  type ReadResult,
  readTagRows,
  readWriteLimits,
  type WriteTag as AnyTag,
} from '@bulkhead/node-kit';
import { readTagBase } from '../opcua-tag/tag-row.ts';
import { writeDefaults as defaults, writeLimits as limits } from './defaults.ts';

export interface WriteTag extends AnyTag {
  nodeId: string;
  indexRange?: string;
  scale: number;
  offset: number;
}

export interface OpcuaWriteConfig {
  readBack: boolean;
  /** Sends source time and status of each sample along. */
  withStamp: boolean;
  /** A message that could not be sent to the server within this is refused. */
  deadlineMs: number;
  /** By topic. */
  tags: ReadonlyMap<string, WriteTag>;
}

function readTag(row: ConfigReader): WriteTag {
  const { min, max } = readWriteLimits(row);
  return { ...readTagBase(row), min, max };
}

/** Reads an `opcua-write` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaWrite(raw: object): ReadResult<OpcuaWriteConfig> {
  const reader = configReader(raw);
  const tags = readTagRows(reader, Reflect.get(raw, 'tags'), (row) => [readTag(row)]);
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: OpcuaWriteConfig = {
    readBack: reader.flag('readBack', defaults.readBack),
    withStamp: reader.flag('withStamp', defaults.withStamp),
    deadlineMs: reader.number('deadlineMs', Number(defaults.deadlineMs), limits.deadlineMs),
    tags: new Map(tags.map((tag) => [tag.topic, tag])),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
