import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import * as v from 'valibot';
import { until } from '../until.ts';

export type StoredValue = number | boolean | string | null;

/** A row of the historian. A waveform's value is the sha1 of the JSON of its points, as in the plant's log. */
export interface StoredRow {
  readonly topic: string;
  /** Epoch ms. */
  readonly sourceTime: number;
  readonly value: StoredValue;
  readonly quality: 'good' | 'uncertain' | 'bad' | 'stale';
  readonly stepUs?: number;
}

/** All rows of each topic, in the order of their source times. */
export type History = ReadonlyMap<string, readonly StoredRow[]>;

const qualities = ['good', 'uncertain', 'bad', 'stale'] as const;
const ports = v.object({ postgres: v.number() });
const secrets = v.object({ postgresPassword: v.string() });
const row = v.object({
  topic: v.string(),
  ms: v.number(),
  quality: v.number(),
  value: v.optional(v.nullable(v.number())),
  exact: v.optional(v.nullable(v.string())),
  text: v.optional(v.nullable(v.string())),
  flag: v.optional(v.nullable(v.boolean())),
  step_us: v.optional(v.number()),
  real_points: v.optional(v.nullable(v.array(v.number()))),
  points: v.optional(v.nullable(v.array(v.number()))),
});

const time = `(extract(epoch from source_time) * 1000)::double precision as ms`;
const scalars = `select topic, ${time}, value, exact, text, flag, quality from historian.sample join historian.tag using (tag_id) order by source_time`;
const waveforms = `select topic, ${time}, step_us, real_points, points, quality from historian.waveform join historian.tag using (tag_id) order by source_time`;

/** A session with the database of a home; rejects at the deadline. */
export function connectToHistory(home: string, port?: number): Promise<pg.Client> {
  const { postgresPassword } = v.parse(secrets, JSON.parse(readFileSync(path.join(home, 'secrets.json'), 'utf8')));
  return until(
    async () => {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: port ?? portOf(home),
        user: 'bulkhead',
        database: 'bulkhead',
        password: postgresPassword,
      });
      // Without a listener a server that is killed ends this process.
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    { deadlineMs: 20_000, what: 'a session with the historian', everyMs: 50 },
  );
}

function portOf(home: string): number {
  return v.parse(ports, JSON.parse(readFileSync(path.join(home, 'ports.json'), 'utf8'))).postgres;
}

export async function readHistory(client: pg.Client): Promise<History> {
  const history = new Map<string, StoredRow[]>();
  for (const statement of [scalars, waveforms]) {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    for (const raw of rows) {
      const stored = storedRow(v.parse(row, raw));
      const list = history.get(stored.topic);
      if (list === undefined) history.set(stored.topic, [stored]);
      else list.push(stored);
    }
  }
  return history;
}

function storedRow(raw: v.InferOutput<typeof row>): StoredRow {
  const { topic, ms, step_us: stepUs } = raw;
  return {
    topic,
    // Kept to the microsecond; a double of epoch milliseconds has noise below that.
    sourceTime: Math.round(ms * 1_000) / 1_000,
    value: valueOf(raw),
    quality: qualities[raw.quality] ?? 'bad',
    ...(stepUs === undefined ? {} : { stepUs }),
  };
}

function valueOf({ value, exact, text, flag, real_points: real, points }: v.InferOutput<typeof row>): StoredValue {
  const wave = real?.map(Math.fround) ?? points;
  if (wave) return createHash('sha1').update(JSON.stringify(wave)).digest('hex');
  if (typeof exact === 'string') return Number(exact);
  return value ?? text ?? flag ?? null;
}
