import type { Sample } from '@bulkhead/core';
import type { Database, Row } from '../database.ts';
import { textArray } from '../protocol/array-literal.ts';
import { findTags, insertTags } from '../protocol/write-sql.ts';

/** The ids of tags, remembered; new tags are made, and a changed unit or address is written. */
export interface TagIds {
  of(samples: readonly Sample[]): Promise<ReadonlyMap<string, number>>;
  /** Forgets everything: the tables may be others than before. */
  forget(): void;
}

interface Tag {
  readonly id: number;
  readonly unit: string | undefined;
  readonly address: string | undefined;
}

/** Beyond this the memory starts anew, which costs one query. */
const mostRemembered = 200_000;

export function createTagIds(database: Database): TagIds {
  const known = new Map<string, Tag>();

  const remember = (rows: readonly Row[]): void => {
    for (const row of rows) {
      const { tag_id: id, topic, unit, address } = row;
      if (typeof id !== 'number' || typeof topic !== 'string') continue;
      known.set(topic, {
        id,
        unit: typeof unit === 'string' ? unit : undefined,
        address: typeof address === 'string' ? address : undefined,
      });
    }
  };
  const isNews = (sample: Sample): boolean => {
    const tag = known.get(sample.topic);
    if (tag === undefined) return true;
    if (sample.unit !== undefined && sample.unit !== tag.unit) return true;
    return sample.address !== undefined && sample.address !== tag.address;
  };

  return {
    async of(samples) {
      if (known.size > mostRemembered) known.clear();
      const unknown = [...new Set(samples.map(({ topic }) => topic).filter((topic) => !known.has(topic)))];
      if (unknown.length > 0) {
        const found = await database.write((session) => session.query(findTags(database.schema), [textArray(unknown)]));
        remember(found.rows);
      }
      const news = lastWords(samples.filter(isNews));
      if (news.length > 0) {
        const made = await database.write((session) =>
          session.query(insertTags(database.schema), [
            textArray(news.map(({ topic }) => topic)),
            textArray(news.map(({ unit }) => unit ?? null)),
            textArray(news.map(({ address }) => address ?? null)),
          ]),
        );
        remember(made.rows);
      }
      return new Map(samples.map(({ topic }) => [topic, known.get(topic)?.id ?? 0]));
    },
    forget: () => known.clear(),
  };
}

interface TagWords {
  readonly topic: string;
  readonly unit: string | undefined;
  readonly address: string | undefined;
}

/** What a batch says last about the unit and the address of each of its tags. */
function lastWords(samples: readonly Sample[]): TagWords[] {
  const words = new Map<string, TagWords>();
  for (const { topic, unit, address } of samples) {
    const before = words.get(topic);
    words.set(topic, { topic, unit: unit ?? before?.unit, address: address ?? before?.address });
  }
  return [...words.values()];
}
