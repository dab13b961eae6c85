import { type ReportByExceptionOptions } from '@bulkhead/core';
import { type ConfigReader, configReader, readRows } from '@bulkhead/node-kit';
import type { ReadResult } from '../s7-connection/config.ts';
import type { Symbols } from '../s7-connection/symbols.ts';
import { isNumeric, sizeOf } from '../protocol/s7-type.ts';
import { parseTemplates, type Templates } from '../protocol/template.ts';
import type { Names } from '../s7-tag/place-tag.ts';
import { readTagRow, type S7Tag } from '../s7-tag/tag.ts';
import {
  deadbandPattern,
  mostTags,
  type Output,
  outputs,
  rangePattern,
  readDefaults as defaults,
  readLimits as limits,
} from './defaults.ts';

/** What of a tag is sent; absent: every value. */
export type Filter = ReportByExceptionOptions;

export interface ReadTag extends S7Tag {
  /** Absent: the node's own. */
  pollMs?: number;
  filter?: Filter;
  /** A waveform: that many values of the tag's type in a row, with this step. */
  waveform?: { count: number; stepUs: number };
}

export interface S7ReadConfig {
  pollMs: number;
  /** How long after the loss of the connection its tags are said to be stale. */
  staleMs: number;
  output: Output;
  maxGap: number;
  /** 0: no diagnostics. */
  diagnosticsMs: number;
  templates: Templates;
  tags: readonly ReadTag[];
}

function readFilter(row: ConfigReader): Filter | undefined {
  const deadband = row.text('deadband', '');
  const heartbeatS = row.text('heartbeatS', '') === '' ? undefined : row.number('heartbeatS', 1, limits.heartbeatS);
  const match = deadbandPattern.exec(deadband);
  if (deadband !== '' && match === null) row.problem(`deadband is "${deadband}", write 0.5 or, of the range, 2%`);
  if (match === null && heartbeatS === undefined) return undefined;
  let threshold = Number(match?.[1] ?? 0);
  if (match?.[2] === '%') {
    const range = rangePattern.exec(row.text('range', ''));
    if (range === null) row.problem('a deadband in percent needs the range of the value, such as 0..100');
    threshold *= Math.abs(Number(range?.[2] ?? 1) - Number(range?.[1] ?? 0)) / 100;
  }
  return { method: 'deadband', threshold, ...(heartbeatS === undefined ? {} : { maxIntervalMs: heartbeatS * 1000 }) };
}

/** An array of numbers with a step is one waveform instead of a tag for each of its values. */
function readWaveform(row: ConfigReader, tags: S7Tag[], isArray: boolean): ReadTag[] {
  const [first] = tags;
  if (row.text('stepUs', '') === '' || first === undefined) return tags;
  const stepUs = row.number('stepUs', 1, limits.stepUs);
  const { type } = first.scalar;
  const isPlain = tags.every(({ scalar, path }) => scalar.type === type && path.length === 1);
  if (!isArray || !isPlain || !isNumeric(first.scalar) || (sizeOf(first.scalar) > 4 && type !== 'LREAL')) {
    row.problem('only an array of numbers of up to 32 bits, or of LREAL, is a waveform: leave its step empty');
    return tags;
  }
  const count = tags.reduce((sum, { span }) => sum + span.count, 0);
  const topic = first.topic.slice(0, -`.${first.path[0] ?? ''}`.length);
  const address = row.text('address', '');
  return [
    { ...first, topic, path: [], address, span: { ...first.span, count }, waveform: { count: tags.length, stepUs } },
  ];
}

function readRow(row: ConfigReader, names: Names): ReadTag[] {
  const { tags, isArray } = readTagRow(row, names);
  const filter = readFilter(row);
  const hasRate = row.text('pollMs', '') !== '';
  const pollMs = row.number('pollMs', limits.pollMs.max, limits.pollMs);
  return readWaveform(row, tags, isArray).map((tag) => ({
    ...tag,
    ...(filter === undefined ? {} : { filter }),
    ...(hasRate ? { pollMs } : {}),
  }));
}

/** Reads a tag table; each topic may be there only once. */
export function readTagTable(reader: ConfigReader, table: unknown, names: Names): ReadTag[] {
  const firstRowOf = new Map<string, number>();
  const tags = readRows(reader, table, (row, index) => {
    const own = readRow(row, names);
    for (const { topic } of own) {
      const earlier = firstRowOf.get(topic);
      if (earlier === undefined) firstRowOf.set(topic, index + 1);
      else row.problem(`topic ${topic} is already used in row ${earlier}`);
    }
    return own;
  }).flat();
  if (tags.length > mostTags) reader.problem(`the table has ${tags.length} tags, one node reads at most ${mostTags}`);
  return tags;
}

/** Reads an `s7-read` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readS7Read(raw: object, symbols: Symbols): ReadResult<S7ReadConfig> {
  const reader = configReader(raw);
  const { templates, problems } = parseTemplates(reader.text('templates', ''));
  for (const problem of problems) reader.problem(`template ${problem}`);
  const tags = readTagTable(reader, Reflect.get(raw, 'tags'), { symbols, templates });
  if (tags.length === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: S7ReadConfig = {
    pollMs: reader.number('pollMs', Number(defaults.pollMs), limits.pollMs),
    staleMs: reader.number('staleMs', Number(defaults.staleMs), limits.staleMs),
    output: reader.choice('output', outputs, 'batch'),
    maxGap: reader.number('maxGap', Number(defaults.maxGap), limits.maxGap),
    diagnosticsMs: reader.number('diagnosticsS', Number(defaults.diagnosticsS), limits.diagnosticsS) * 1000,
    templates,
    tags,
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
