/** Every statement that makes or changes the historian's tables. */

/** Quotes an identifier (PostgreSQL 4.1.1). */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Installed is what counts; where it is only available the migration tries to install it. */
export const probeTimescale = `select installed_version is not null as installed from pg_available_extensions where name = 'timescaledb'`;

export const installTimescale = 'create extension if not exists timescaledb';

/** Two processes may start at once: the second waits here until the first has committed its migrations. */
export const lockForMigration = 'select pg_advisory_xact_lock(hashtextextended($1, 20))';

export const findSchema = 'select 1 from pg_namespace where nspname = $1';

export function createSchema(schema: string): string {
  return `create schema if not exists ${schema}`;
}

export function createMigrationTable(schema: string): string {
  return `create table if not exists ${schema}.migration (version integer primary key, applied_at timestamptz not null default now())`;
}

export function findVersion(schema: string): string {
  return `select coalesce(max(version), 0) as version from ${schema}.migration`;
}

export function recordVersion(schema: string): string {
  return `insert into ${schema}.migration (version) values ($1)`;
}

/**
 * The migrations in order: number n of the list leads to version n + 1. One that was released is never changed.
 *
 * A scalar sample uses one of the four value columns, or none for a reading without a value: `value` for a JavaScript
 * number, `exact` for a 64-bit integer (signed or unsigned: 20 digits), `text`, `flag`. A waveform's points are `real`
 * where every point is one, at half the size.
 */
export const migrations: ReadonlyArray<(schema: string) => readonly string[]> = [
  (schema) => [
    `create table ${schema}.tag (
      tag_id integer generated always as identity primary key,
      topic text not null unique,
      unit text,
      address text,
      created_at timestamptz not null default now())`,
    `create table ${schema}.sample (
      tag_id integer not null,
      source_time timestamptz not null,
      value double precision,
      exact numeric(20, 0),
      text text,
      flag boolean,
      quality smallint not null,
      code text,
      primary key (tag_id, source_time))`,
    `create table ${schema}.waveform (
      tag_id integer not null,
      source_time timestamptz not null,
      step_us double precision not null,
      real_points real[],
      points double precision[],
      quality smallint not null,
      code text,
      primary key (tag_id, source_time))`,
    `create view ${schema}.history as
      select tag.topic, sample.source_time as time,
        coalesce(sample.value, sample.exact::double precision, sample.flag::integer::double precision) as value,
        sample.text, (array['good', 'uncertain', 'bad', 'stale'])[sample.quality + 1] as quality, tag.unit
      from ${schema}.sample join ${schema}.tag using (tag_id)`,
  ],
];

/** Run once, right after the tables were made and before there is a row in them. `schema` is quoted. */
export function hypertables(schema: string): readonly string[] {
  return ['sample', 'waveform'].map(
    (table) =>
      `select create_hypertable('${schema.replaceAll("'", "''")}.${table}', 'source_time', chunk_time_interval => interval '1 day', if_not_exists => true)`,
  );
}

/** Samples arrive nearly in the order of time, which is all that a BRIN index needs. */
export function plainIndexes(schema: string): readonly string[] {
  return ['sample', 'waveform'].map(
    (table) => `create index ${table}_source_time on ${schema}.${table} using brin (source_time)`,
  );
}

/** Which tier the tables have, however they came to it. */
export const findHypertable = `select exists (select from pg_catalog.pg_class join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
  where nspname = '_timescaledb_catalog' and relname = 'hypertable') as present`;

export const isHypertable =
  'select exists (select from timescaledb_information.hypertables where hypertable_schema = $1 and hypertable_name = $2) as hyper';
