import {
  configReader,
  type ConfigReader,
  type ReadResult,
  readTagRows,
  readWriteLimits,
  type WriteTag as Limited,
} from '@bulkhead/node-kit';
import type { Symbols } from '../s7-connection/symbols.ts';
import { isNumeric } from '../protocol/s7-type.ts';
import { parseTemplates } from '../protocol/template.ts';
import type { Names } from '../s7-tag/place-tag.ts';
import { readTagRow, type S7Tag } from '../s7-tag/tag.ts';
import { writeDefaults as defaults, writeLimits as limits } from './defaults.ts';

export interface WriteTag extends S7Tag, Limited {
  address: string;
  topic: string;
}

export interface S7WriteConfig {
  readBack: boolean;
  /** A message that could not be sent to the PLC within this is refused. */
  deadlineMs: number;
  /** By topic. */
  tags: ReadonlyMap<string, WriteTag>;
}

function readRow(row: ConfigReader, names: Names): WriteTag[] {
  const { min, max, isLimited } = readWriteLimits(row);
  const { tags } = readTagRow(row, names);
  const limitless = tags.find(({ scalar }) => !isNumeric(scalar));
  if (isLimited && limitless !== undefined) row.problem(`a ${limitless.scalar.type} has no min and max`);
  return tags.map((tag) => ({ ...tag, min, max }));
}

/** Reads an `s7-write` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readS7Write(raw: object, symbols: Symbols): ReadResult<S7WriteConfig> {
  const reader = configReader(raw);
  const { templates, problems } = parseTemplates(reader.text('templates', ''));
  for (const problem of problems) reader.problem(`template ${problem}`);
  const rows = readTagRows(reader, Reflect.get(raw, 'tags'), (row) => readRow(row, { symbols, templates }));
  const tags = new Map(rows.map((tag) => [tag.topic, tag]));
  if (tags.size === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: S7WriteConfig = {
    readBack: reader.flag('readBack', defaults.readBack),
    deadlineMs: reader.number('deadlineMs', Number(defaults.deadlineMs), limits.deadlineMs),
    tags,
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
