/** Statements that read history. Times go in and out as microseconds since 1970. */

/** Tags by topic ($1) and by what their topics start with ($2). */
export function selectTags(schema: string): string {
  return `select tag_id, topic, unit, address from ${schema}.tag
    where topic = any($1::text[]) or exists (select from unnest($2::text[]) as prefix where starts_with(topic, prefix))`;
}

const instant = (parameter: string): string => `timestamptz 'epoch' + ${parameter}::bigint * interval '1 microsecond'`;
const us = (time: string): string => `(extract(epoch from ${time}) * 1000000)::bigint`;
/** $1 tag ids, $2 and $3 the range. */
const inRange = `tag_id = any($1::integer[]) and source_time >= ${instant('$2')} and source_time < ${instant('$3')}`;

/** The newest $4 scalar samples of a range. */
export function selectSamples(schema: string): string {
  return `select tag_id, ${us('source_time')} as us, value, exact, text, flag, quality, code from ${schema}.sample
    where ${inRange} order by source_time desc, tag_id desc limit $4`;
}

/** The newest $4 waveforms of a range (by their first point). */
export function selectWaveforms(schema: string): string {
  return `select tag_id, ${us('source_time')} as us, step_us, real_points, points, quality, code from ${schema}.waveform
    where ${inRange} order by source_time desc, tag_id desc limit $4`;
}

const number = 'coalesce(value, exact::double precision, flag::integer::double precision)';
const usable = 'filter (where quality in (0, 1))';
const bucket = `date_bin($5::bigint * interval '1 microsecond', source_time, timestamptz 'epoch')`;

/**
 * One row per tag and bucket of $5 microseconds, aligned to the epoch; the newest $4. Only good and uncertain samples
 * enter; a bucket that has none but others has the value null.
 */
export function selectBuckets(schema: string, aggregate: 'avg' | 'min' | 'max' | 'count'): string {
  const value = aggregate === 'count' ? `count(*) ${usable}` : `${aggregate}(${number}) ${usable}`;
  return `select tag_id, ${us('bucket')} as us, value from (
      select tag_id, ${bucket} as bucket, (${value})::double precision as value from ${schema}.sample where ${inRange} group by 1, 2
    ) buckets order by bucket desc, tag_id desc limit $4`;
}

/** The last usable sample of each tag and bucket, with its own exact value; where there is none, the last one at all. */
export function selectLastOfBuckets(schema: string): string {
  return `select tag_id, ${us('bucket')} as us, value, exact, text, flag, quality, code from (
      select distinct on (tag_id, bucket) *, ${bucket} as bucket from ${schema}.sample where ${inRange}
      order by tag_id, bucket, (quality in (0, 1)) desc, source_time desc
    ) buckets order by bucket desc, tag_id desc limit $4`;
}
