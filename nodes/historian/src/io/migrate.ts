import { BulkheadError } from '@bulkhead/core';
import type { Session, Tier } from '../database.ts';
import {
  createMigrationTable,
  createSchema,
  findHypertable,
  findSchema,
  findVersion,
  hypertables,
  installTimescale,
  isHypertable,
  lockForMigration,
  migrations,
  plainIndexes,
  probeTimescale,
  quoted,
  recordVersion,
} from '../protocol/schema.ts';

/**
 * Brings the schema to this version of the tables, inside the transaction of `session`, and tells its tier. Safe to be
 * run by any number of processes at once and any number of times.
 */
export async function migrate(session: Session, schemaName: string): Promise<Tier> {
  const schema = quoted(schemaName);
  await session.query(lockForMigration, [schemaName]);
  const found = await session.query(findSchema, [schemaName]);
  // Not even `if not exists` is allowed to a user who may not create schemas.
  if (found.rows.length === 0) await session.query(createSchema(schema));
  await session.query(createMigrationTable(schema));
  const version = Number((await session.query(findVersion(schema))).rows[0]?.['version']);
  if (version > migrations.length) {
    throw new BulkheadError(
      'historian-newer-schema',
      `the tables in schema ${schemaName} were made by a newer version (${version}, known here: ${migrations.length}): upgrade this palette`,
      { retryable: true },
    );
  }
  for (const [at, statements] of migrations.entries()) {
    if (at < version) continue;
    for (const statement of statements(schema)) await session.query(statement);
    await session.query(recordVersion(schema), [at + 1]);
    if (at === 0 && !(await makeHypertables(session, schema))) {
      for (const statement of plainIndexes(schema)) await session.query(statement);
    }
  }
  return tierOf(session, schemaName);
}

/** False where the extension is missing or may not be used: then nothing was changed. */
async function makeHypertables(session: Session, schema: string): Promise<boolean> {
  const probed = await session.query(probeTimescale);
  const row = probed.rows[0];
  if (row === undefined) return false;
  await session.query('savepoint hypertables');
  try {
    if (row['installed'] !== true) await session.query(installTimescale);
    for (const statement of hypertables(schema)) await session.query(statement);
    await session.query('release savepoint hypertables');
    return true;
  } catch {
    // Plain tables hold the same history; the tier is shown at the connection.
    await session.query('rollback to savepoint hypertables');
    return false;
  }
}

async function tierOf(session: Session, schemaName: string): Promise<Tier> {
  const catalog = await session.query(findHypertable);
  if (catalog.rows[0]?.['present'] !== true) return 'postgresql';
  const hyper = await session.query(isHypertable, [schemaName, 'sample']);
  return hyper.rows[0]?.['hyper'] === true ? 'timescaledb' : 'postgresql';
}
