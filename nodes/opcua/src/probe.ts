import { isRecord } from '@bulkhead/core';
import { answerMany } from '@bulkhead/node-kit';
import { createAnswering, type ProbeTask } from './probing/answer.ts';
import { parseProbeQuestion } from './probing/question.ts';

/** What `opcua-connection.ts` sends. */
function parseTask(asked: unknown): ProbeTask | undefined {
  if (!isRecord(asked) || typeof asked['pkiFolder'] !== 'string') return undefined;
  const { pkiFolder } = asked;
  if (asked['kind'] === 'renew') return { kind: 'renew', pkiFolder };
  const question = parseProbeQuestion(asked['question']);
  return question === undefined ? undefined : { kind: 'ask', question, pkiFolder };
}

const { answer, leave } = createAnswering();
answerMany(parseTask, answer, leave);
