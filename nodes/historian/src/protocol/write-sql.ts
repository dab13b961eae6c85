import type { Sample } from '@bulkhead/core';
import { booleanArray, numberArray, textArray } from './array-literal.ts';
import { qualityNumber } from './quality-number.ts';
import { microseconds } from './storable.ts';

/** A sample that can be stored, with the id of its tag. */
export interface TaggedSample {
  readonly tagId: number;
  readonly sample: Sample;
}

interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

interface WriteStatements {
  /** Inserts what is not there yet. */
  readonly insert: Statement;
  /** `conflicts`: rows that are there with another content; `example`: the tag of one of them. */
  readonly compare: Statement;
}

const time = `timestamptz 'epoch' + incoming.us * interval '1 microsecond'`;

/** One statement for any number of scalar samples (unnest: one plan, one round trip). */
export function scalarStatements(schema: string, rows: readonly TaggedSample[]): WriteStatements {
  const samples = rows.map(({ sample }) => sample);
  const values = [
    numberArray(rows.map(({ tagId }) => tagId)),
    numberArray(samples.map(({ sourceTime }) => microseconds(sourceTime))),
    numberArray(samples.map(({ value }) => (typeof value === 'number' ? value : null))),
    numberArray(samples.map(({ value }) => (typeof value === 'bigint' ? value : null))),
    textArray(samples.map(({ value }) => (typeof value === 'string' ? value : null))),
    booleanArray(samples.map(({ value }) => (typeof value === 'boolean' ? value : null))),
    numberArray(samples.map(({ quality }) => qualityNumber(quality))),
    textArray(samples.map(({ code }) => (code === undefined ? null : String(code)))),
  ];
  const incoming = `unnest($1::integer[], $2::bigint[], $3::double precision[], $4::numeric[], $5::text[], $6::boolean[], $7::smallint[], $8::text[])
    as incoming (tag_id, us, value, exact, text, flag, quality, code)`;
  return {
    insert: {
      text: `insert into ${schema}.sample (tag_id, source_time, value, exact, text, flag, quality, code)
        select tag_id, ${time}, value, exact, text, flag, quality, code from ${incoming} on conflict do nothing`,
      values,
    },
    compare: {
      text: `select count(*) as conflicts, min(incoming.tag_id) as example from ${incoming}
        join ${schema}.sample stored on stored.tag_id = incoming.tag_id and stored.source_time = ${time}
        where (stored.value, stored.exact, stored.text, stored.flag, stored.quality)
          is distinct from (incoming.value, incoming.exact, incoming.text, incoming.flag, incoming.quality)`,
      values,
    },
  };
}

/** The same for waveforms. Each one's points travel as the text of an array, because SQL arrays of arrays are rectangular. */
export function waveformStatements(schema: string, rows: readonly TaggedSample[]): WriteStatements {
  const waves = rows.map(({ tagId, sample: { value, sourceTime, stepUs = 0, quality, code } }) => {
    const points = Array.isArray(value) ? value : [];
    return {
      tagId,
      us: microseconds(sourceTime),
      stepUs,
      points: numberArray(points),
      isReal: points.every(isReal),
      quality,
      code,
    };
  });
  const values = [
    numberArray(waves.map(({ tagId }) => tagId)),
    numberArray(waves.map(({ us }) => us)),
    numberArray(waves.map(({ stepUs }) => stepUs)),
    textArray(waves.map(({ points, isReal: real }) => (real ? points : null))),
    textArray(waves.map(({ points, isReal: real }) => (real ? null : points))),
    numberArray(waves.map(({ quality }) => qualityNumber(quality))),
    textArray(waves.map(({ code }) => (code === undefined ? null : String(code)))),
  ];
  const incoming = `(select tag_id, us, step_us, real_text::real[] as real_points, points_text::double precision[] as points, quality, code
    from unnest($1::integer[], $2::bigint[], $3::double precision[], $4::text[], $5::text[], $6::smallint[], $7::text[])
      as given (tag_id, us, step_us, real_text, points_text, quality, code)) incoming`;
  return {
    insert: {
      text: `insert into ${schema}.waveform (tag_id, source_time, step_us, real_points, points, quality, code)
        select tag_id, ${time}, step_us, real_points, points, quality, code from ${incoming} on conflict do nothing`,
      values,
    },
    compare: {
      text: `select count(*) as conflicts, min(incoming.tag_id) as example from ${incoming}
        join ${schema}.waveform stored on stored.tag_id = incoming.tag_id and stored.source_time = ${time}
        where (stored.step_us, stored.real_points, stored.points, stored.quality)
          is distinct from (incoming.step_us, incoming.real_points, incoming.points, incoming.quality)`,
      values,
    },
  };
}

/** True for a double that a 4-byte real holds without loss. */
function isReal(point: number): boolean {
  return Object.is(Math.fround(point), point);
}

export function findTags(schema: string): string {
  return `select tag_id, topic, unit, address from ${schema}.tag where topic = any($1::text[])`;
}

/** Topics in a fixed order, or two writers that meet new topics at once could wait for each other. */
export function insertTags(schema: string): string {
  return `insert into ${schema}.tag (topic, unit, address)
    select topic, unit, address from unnest($1::text[], $2::text[], $3::text[]) as given (topic, unit, address) order by topic
    on conflict (topic) do update set unit = coalesce(excluded.unit, tag.unit), address = coalesce(excluded.address, tag.address)
    returning tag_id, topic, unit, address`;
}
