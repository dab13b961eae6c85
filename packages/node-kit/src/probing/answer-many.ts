import { createInterface } from 'node:readline';
import { isRecord } from '@bulkhead/core';

/**
 * The whole of a probe process that serves a dialog: a question with its number on each line of stdin, its answer on a
 * line of stdout. It ends with its stdin, so with whoever asks, after it has taken its leave of the device.
 */
export function answerMany<Question>(
  parseQuestion: (asked: unknown) => Question | undefined,
  answer: (question: Question) => Promise<unknown>,
  leave: () => Promise<void>,
): void {
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const asked: unknown = JSON.parse(line);
      const question = isRecord(asked) ? parseQuestion(asked['question']) : undefined;
      if (!isRecord(asked) || question === undefined) process.exit(1);
      const { id } = asked;
      void answer(question).then((result) => process.stdout.write(`${JSON.stringify({ id, result })}\n`));
    })
    .on('close', () => {
      void leave().finally(() => process.exit(0));
    });
}
