import { parseTopic } from '@bulkhead/core';
import { type ConfigReader, configReader, readRows } from '@bulkhead/node-kit';
import type { ReadResult } from '../opcua-connection/config.ts';
import type { ItemRequest } from '../opcua-connection/link.ts';
import type { Scaling } from '../protocol/decode.ts';
import { parseAddress } from '../protocol/address.ts';
import {
  type Output,
  outputs,
  readDefaults as defaults,
  readLimits as limits,
  tagDefaults,
  triggers,
} from './defaults.ts';

export interface OpcuaTag extends ItemRequest, Scaling {
  topic: string;
  unit?: string;
}

export interface OpcuaReadConfig {
  publishingMs: number;
  output: Output;
  tags: readonly OpcuaTag[];
}

function readTag(row: ConfigReader): OpcuaTag {
  const nodeId = row.text('nodeId', '');
  const address = parseAddress(nodeId);
  if (!address.ok) row.problem(nodeId === '' ? 'the node id is missing' : `node id "${nodeId}": ${address.reason}`);
  const topic = row.text('topic', '');
  const parsed = parseTopic(topic);
  if (!parsed.ok) row.problem(topic === '' ? 'the topic is missing' : `topic "${topic}": ${parsed.message}`);
  const scale = row.number('scale', 1, limits.scale);
  if (scale === 0) row.problem('scale is 0, so every value would be 0');
  const unit = row.text('unit', '');
  const hasStep = row.text('stepUs', '') !== '';
  const stepUs = row.number('stepUs', limits.stepUs.min, limits.stepUs);
  return {
    nodeId,
    topic,
    scale,
    samplingMs: row.number('samplingMs', Number(tagDefaults.samplingMs), limits.samplingMs),
    queueSize: row.number('queueSize', Number(tagDefaults.queueSize), limits.queueSize),
    trigger: row.choice('trigger', triggers, tagDefaults.trigger),
    ...(unit === '' ? {} : { unit }),
    ...(hasStep ? { stepUs } : {}),
  };
}

function readTags(reader: ConfigReader, table: unknown): OpcuaTag[] {
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

/** Reads an `opcua-read` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaRead(raw: object): ReadResult<OpcuaReadConfig> {
  const reader = configReader(raw);
  const config: OpcuaReadConfig = {
    publishingMs: reader.number('publishingMs', Number(defaults.publishingMs), limits.publishingMs),
    output: reader.choice('output', outputs, 'batch'),
    tags: readTags(reader, Reflect.get(raw, 'tags')),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
