import { parseTopic } from '@bulkhead/core';
import type { ConfigReader } from '@bulkhead/node-kit';
import type { Scaling } from '../protocol/decode.ts';
import { isNumeric } from '../protocol/s7-type.ts';
import { type Names, placeTag, type Spot } from './place-tag.ts';

/** A value of the PLC with its name and its units. */
export interface S7Tag extends Spot, Scaling {
  topic: string;
  unit?: string;
}

const numberLimits = { min: -1e15, max: 1e15 };

/** The tags of one row of a table; problems go to the row. `isWhole`: a struct or array stays together. */
export function readTagRow(row: ConfigReader, names: Names): { tags: S7Tag[]; isArray: boolean } {
  const topic = row.text('topic', '');
  const parsed = parseTopic(topic);
  if (!parsed.ok) row.problem(topic === '' ? 'topic is missing' : `topic "${topic}": ${parsed.message}`);
  const addressText = row.text('address', '');
  if (addressText === '') row.problem('address is missing, write for example DB1,REAL4 or DB1.DBD4 or %MW10');
  const scale = row.number('scale', 1, numberLimits);
  if (scale === 0) row.problem('scale is 0, so every value would be the offset');
  const offset = row.number('offset', 0, numberLimits);
  const unit = row.text('unit', '');
  const placed = addressText === '' ? undefined : placeTag(addressText, row.text('type', ''), names);
  if (placed === undefined) return { tags: [], isArray: false };
  if (!placed.ok) {
    row.problem(`address ${addressText}: ${placed.reason}`);
    return { tags: [], isArray: false };
  }
  const isScaled = scale !== 1 || offset !== 0;
  const unscalable = placed.spots.find(({ scalar }) => !isNumeric(scalar));
  if (isScaled && unscalable !== undefined) row.problem(`a ${unscalable.scalar.type} cannot be scaled`);
  const tags = placed.spots.map((spot) => ({
    ...spot,
    topic: [topic, ...spot.path].join('.'),
    scale,
    offset,
    ...(unit === '' ? {} : { unit }),
  }));
  return { tags, isArray: placed.type.kind === 'array' };
}
