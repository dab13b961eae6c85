import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { readHistorianConnection } from '../../../nodes/historian/src/historian-connection/config.ts';
import { historianConnectionDefaults } from '../../../nodes/historian/src/historian-connection/defaults.ts';
import { readHistorianWrite } from '../../../nodes/historian/src/historian-write/config.ts';
import { historianWriteDefaults } from '../../../nodes/historian/src/historian-write/defaults.ts';
import { databaseFailure } from '../../../nodes/historian/src/io/pg-failure.ts';
import { booleanArray, numberArray, textArray } from '../../../nodes/historian/src/protocol/array-literal.ts';
import { microseconds, unstorable } from '../../../nodes/historian/src/protocol/storable.ts';

const sample = (more: Partial<Sample>): Sample => ({ topic: 't', value: 1, quality: 'good', sourceTime: 0, ...more });

describe('a sample for PostgreSQL', () => {
  it('can be stored whatever it is, as long as PostgreSQL can give it back unchanged', () => {
    const values: Sample['value'][] = [
      0,
      -0,
      5e-324,
      Number.MAX_VALUE,
      2n ** 64n - 1n,
      -(2n ** 63n),
      '',
      'ß€😀',
      true,
      null,
    ];
    for (const value of values) assert.equal(unstorable(sample({ value })), undefined);
    assert.equal(unstorable(sample({ value: [1], stepUs: 0.5 })), undefined);
  });

  const refused: ReadonlyArray<[Partial<Sample>, RegExp]> = [
    [{ topic: '' }, /topic is empty/],
    [{ topic: 'x'.repeat(3_000) }, /longer than 2500 bytes/],
    [{ topic: 'a\0b' }, /NUL/],
    [{ value: 'a\0b' }, /NUL/],
    [{ unit: '\ud800' }, /surrogate/],
    [{ code: '\0' }, /NUL/],
    [{ sourceTime: -8.64e15 }, /out of range/],
    [{ sourceTime: Number.NaN }, /out of range/],
    [{ value: Number.NaN }, /not a finite number/],
    [{ value: 2n ** 64n }, /64 bits/],
    [{ value: [] }, /no points/],
    [{ value: [1] }, /no stepUs/],
    [{ value: [1, Number.NaN], stepUs: 1 }, /not a finite number/],
    [{ value: 'x'.repeat(17 * 1_048_576) }, /longer than 16 MB/],
  ];
  for (const [more, words] of refused) {
    it(`is refused where ${words.source}`, () => {
      assert.match(unstorable(sample(more)) ?? '', words);
    });
  }

  it('keeps microseconds of its time', () => {
    assert.equal(microseconds(1_700_000_000_000.123), 1_700_000_000_000_123);
    assert.equal(microseconds(-0.001), -1);
  });
});

describe('an array for PostgreSQL', () => {
  it('keeps -0, null and every character', () => {
    assert.equal(numberArray([1.5, null, -0, 5e-324, 2n ** 64n]), '{1.5,NULL,-0,5e-324,18446744073709551616}');
    assert.equal(booleanArray([true, false, null]), '{t,f,NULL}');
    assert.equal(textArray(['a', null, 'NULL', 'q"b\\c', '', '{,}']), '{"a",NULL,"NULL","q\\"b\\\\c","","{,}"}');
  });
});

describe('a failure of the database', () => {
  const target = { host: 'db', port: 5_432, database: 'plant', user: 'writer' };
  const failure = (code: string, message = 'x'): ReturnType<typeof databaseFailure> =>
    databaseFailure(Object.assign(new Error(message), { code }), target);

  it('is the fault of the values for the classes 22 and 23, else a state that may pass', () => {
    for (const code of ['22003', '22P02', '23505', '23514'])
      assert.deepEqual([failure(code).code, failure(code).retryable], ['historian-data', false]);
    for (const code of ['57P01', '53300', '40001', '42P01', '28P01', 'ECONNRESET', ''])
      assert.equal(failure(code).retryable, true);
  });

  it('never shows a password', () => {
    assert.doesNotMatch(JSON.stringify(failure('28P01').message), /secret/);
  });
});

describe('configuration of the historian nodes', () => {
  const service = { host: '127.0.0.1', port: 5_433, database: 'house', user: 'house', password: 'h' };

  it('is usable as it starts', () => {
    assert.equal(readHistorianConnection(historianConnectionDefaults, {}, service).ok, true);
    assert.deepEqual(readHistorianWrite(historianWriteDefaults).problems, []);
  });

  it('takes the database of the house, with a schema of its own', () => {
    const read = readHistorianConnection(
      { source: 'bulkhead', host: 'elsewhere', schema: 'line1' },
      { password: 'own' },
      service,
    );
    assert.ok(read.ok);
    assert.deepEqual(read.config, { ...service, schema: 'line1', tls: { mode: 'off', caFile: '' } });
  });

  it('says what is missing', () => {
    for (const [raw, words] of [
      [{ source: 'bulkhead' }, /no database is provided here/],
      [{ source: 'own', host: '' }, /host is missing/],
      [{ source: 'own', port: '${UNSET}' }, /port must be a whole number/],
      [{ source: 'own', schema: '' }, /schema needs a name/],
      [{ source: 'own', schema: 'pg_x' }, /belong to PostgreSQL/],
    ] as const) {
      const read = readHistorianConnection(raw, {}, undefined);
      assert.ok(!read.ok);
      assert.match(read.problem, words);
    }
  });
});
