import { deepEqual, equal } from 'node:assert/strict';
import * as v from 'valibot';
import { readHistory, type StoredSample } from '../../../accept/history.ts';

const range = v.object({ from: v.number(), to: v.number() });

/** Answers as `historian-query` does: the newest of the range, oldest first, and whether there is more. */
function historyOf(stored: readonly StoredSample[], mostPerAnswer: number) {
  const questions: unknown[] = [];
  return {
    questions,
    async request(_path: string, init?: RequestInit): Promise<Response> {
      const question = v.parse(range, JSON.parse(typeof init?.body === 'string' ? init.body : ''));
      questions.push(question);
      const { from, to } = question;
      const inside = stored.filter(({ sourceTime }) => sourceTime >= from && sourceTime < to);
      return Response.json({ truncated: inside.length > mostPerAnswer, samples: inside.slice(-mostPerAnswer) });
    },
  };
}

describe('reading the history page by page', () => {
  it('gives every sample once, also where a page ends between two of the same time', async () => {
    const stored = Array.from({ length: 50 }, (_unused, index) => ({
      topic: `t.${index % 5}`,
      sourceTime: Math.floor(index / 5) * 10,
      value: index,
      quality: 'good',
    }));
    for (const mostPerAnswer of [6, 7, 12, 49, 50, 1000]) {
      const history = historyOf(stored, mostPerAnswer);
      deepEqual(await readHistory(history, ['t.0'], 0, 1_000), stored, `${mostPerAnswer} per answer`);
    }
  });

  it('asks once where everything fits into one answer', async () => {
    const history = historyOf([], 10);
    deepEqual(await readHistory(history, ['t.0'], 0, 1_000), []);
    equal(history.questions.length, 1);
  });
});
