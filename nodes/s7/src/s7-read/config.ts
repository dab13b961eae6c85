import {
  type ConfigReader,
  configReader,
  readFilterColumns,
  type ReadResult,
  readTagRows,
  type TagFilter,
} from '@bulkhead/node-kit';
import type { Symbols } from '../s7-connection/symbols.ts';
import { isNumeric, sizeOf } from '../protocol/s7-type.ts';
import { parseTemplates, type Templates } from '../protocol/template.ts';
import type { Names } from '../s7-tag/place-tag.ts';
import { readTagRow, type S7Tag } from '../s7-tag/tag.ts';
import { type Output, outputs, readDefaults as defaults, readLimits as limits } from './defaults.ts';

export interface ReadTag extends S7Tag {
  /** Absent: the node's own. */
  pollMs?: number;
  filter?: TagFilter;
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
  const columns = readFilterColumns(row);
  return readWaveform(row, tags, isArray).map((tag) => ({ ...tag, ...columns }));
}

/** Reads a tag table; each topic may be there only once. */
export function readTagTable(reader: ConfigReader, table: unknown, names: Names): ReadTag[] {
  return readTagRows(reader, table, (row) => readRow(row, names));
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
