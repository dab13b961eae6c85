import { parseDeadband, pollLimits } from '@bulkhead/core';
import { type ConfigReader, configReader, type ReadResult, readTagRows } from '@bulkhead/node-kit';
import type { Deadband, ItemRequest } from '../opcua-connection/link.ts';
import { readTagBase, type TagBase } from '../opcua-tag/tag-row.ts';
import type { EnumShape, Scaling } from '../protocol/decode.ts';
import {
  modes,
  type Output,
  outputs,
  readDefaults as defaults,
  readLimits as limits,
  type Shape,
  shapes,
  tagDefaults,
  triggers,
} from './defaults.ts';

export interface OpcuaTag extends TagBase, ItemRequest, Scaling, EnumShape {
  as: Shape;
  /** Said again after this time without a change. */
  heartbeatMs?: number;
}

export interface OpcuaReadConfig {
  mode: (typeof modes)[number];
  publishingMs: number;
  /** Of tags without a rate of their own, when the server is polled. */
  pollMs: number;
  /** How long after the loss of the connection its tags are said to be stale. */
  staleMs: number;
  output: Output;
  /** 0: no diagnostics. */
  diagnosticsMs: number;
  tags: readonly OpcuaTag[];
}

const enumForms = { value: 'number', name: 'name', object: 'both' } as const;

/** In units of the server, whose values it compares. */
function readDeadband(row: ConfigReader, scale: number): Deadband | undefined {
  const text = row.text('deadband', '');
  if (text === '') return undefined;
  const range = row.text('range', '');
  if (range === '' && /^\d+(\.\d+)?\s*%$/.test(text)) return { kind: 'percent', value: Number(text.slice(0, -1)) };
  const parsed = parseDeadband(text, range);
  if (!parsed.ok) row.problem(parsed.problem);
  if (!parsed.ok || parsed.threshold === 0 || scale === 0) return undefined;
  return { kind: 'absolute', value: parsed.threshold / Math.abs(scale) };
}

function readTag(row: ConfigReader): OpcuaTag {
  const base = readTagBase(row);
  const deadband = readDeadband(row, base.scale);
  const hasStep = row.text('stepUs', '') !== '';
  const stepUs = row.number('stepUs', limits.stepUs.min, limits.stepUs);
  const hasHeartbeat = row.text('heartbeatS', '') !== '';
  const heartbeatMs = row.number('heartbeatS', pollLimits.heartbeatS.max, pollLimits.heartbeatS) * 1000;
  const as = row.choice('as', shapes, tagDefaults.as);
  return {
    ...base,
    samplingMs: row.number('samplingMs', Number(tagDefaults.samplingMs), limits.samplingMs),
    queueSize: row.number('queueSize', Number(tagDefaults.queueSize), limits.queueSize),
    trigger: row.choice('trigger', triggers, tagDefaults.trigger),
    as,
    enums: enumForms[as],
    ...(deadband === undefined ? {} : { deadband }),
    ...(as === 'value' ? {} : { wantsNames: true }),
    ...(hasHeartbeat ? { heartbeatMs } : {}),
    ...(hasStep ? { stepUs } : {}),
  };
}

/** Reads rows of a tag table; each topic may be there only once. */
export function readTags(reader: ConfigReader, table: unknown): OpcuaTag[] {
  return readTagRows(reader, table, (row) => [readTag(row)]);
}

/** Reads an `opcua-read` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaRead(raw: object): ReadResult<OpcuaReadConfig> {
  const reader = configReader(raw);
  const tags = readTags(reader, Reflect.get(raw, 'tags'));
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const mode = reader.choice('mode', modes, defaults.mode);
  const noRange = tags.find(({ deadband }) => deadband?.kind === 'percent');
  if (mode === 'poll' && noRange !== undefined)
    reader.problem(`${noRange.topic}: a deadband in percent needs the range of the value, such as 0..100`);
  const config: OpcuaReadConfig = {
    mode,
    publishingMs: reader.number('publishingMs', Number(defaults.publishingMs), limits.publishingMs),
    pollMs: reader.number('pollMs', Number(defaults.pollMs), pollLimits.pollMs),
    staleMs: reader.number('staleMs', Number(defaults.staleMs), pollLimits.staleMs),
    output: reader.choice('output', outputs, 'batch'),
    diagnosticsMs: reader.number('diagnosticsS', Number(defaults.diagnosticsS), pollLimits.diagnosticsS) * 1000,
    tags,
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
