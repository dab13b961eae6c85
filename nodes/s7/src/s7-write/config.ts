import { configReader, type ConfigReader, readRows } from '@bulkhead/node-kit';
import type { ReadResult } from '../s7-connection/config.ts';
import type { Symbols } from '../s7-connection/symbols.ts';
import { isNumeric } from '../protocol/s7-type.ts';
import { parseTemplates } from '../protocol/template.ts';
import type { Names } from '../s7-tag/place-tag.ts';
import { readTagRow, type S7Tag } from '../s7-tag/tag.ts';
import { writeDefaults as defaults, writeLimits as limits } from './defaults.ts';

export interface WriteTag extends S7Tag {
  /** In engineering units; a value outside of them is not written. */
  min: number;
  max: number;
}

export interface S7WriteConfig {
  readBack: boolean;
  /** A message that could not be sent to the PLC within this is refused. */
  deadlineMs: number;
  /** By topic. */
  tags: ReadonlyMap<string, WriteTag>;
}

function readRow(row: ConfigReader, names: Names): WriteTag[] {
  const hasMin = row.text('min', '') !== '';
  const hasMax = row.text('max', '') !== '';
  const min = hasMin ? row.number('min', 0, limits.number) : Number.NEGATIVE_INFINITY;
  const max = hasMax ? row.number('max', 0, limits.number) : Number.POSITIVE_INFINITY;
  if (min > max) row.problem(`min ${min} is above max ${max}, so nothing could be written`);
  const { tags } = readTagRow(row, names);
  const limitless = tags.find(({ scalar }) => !isNumeric(scalar));
  if ((hasMin || hasMax) && limitless !== undefined) row.problem(`a ${limitless.scalar.type} has no min and max`);
  return tags.map((tag) => ({ ...tag, min, max }));
}

/** Reads an `s7-write` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readS7Write(raw: object, symbols: Symbols): ReadResult<S7WriteConfig> {
  const reader = configReader(raw);
  const { templates, problems } = parseTemplates(reader.text('templates', ''));
  for (const problem of problems) reader.problem(`template ${problem}`);
  const tags = new Map<string, WriteTag>();
  readRows(reader, Reflect.get(raw, 'tags'), (row) => {
    for (const tag of readRow(row, { symbols, templates })) {
      if (tags.has(tag.topic)) row.problem(`topic ${tag.topic} is already used`);
      tags.set(tag.topic, tag);
    }
  });
  if (tags.size === 0) reader.problem('the tag table is empty, add at least one tag');
  const config: S7WriteConfig = {
    readBack: reader.flag('readBack', defaults.readBack),
    deadlineMs: reader.number('deadlineMs', Number(defaults.deadlineMs), limits.deadlineMs),
    tags,
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
