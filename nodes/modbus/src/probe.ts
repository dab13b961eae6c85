/** A process that lives for one question to a Modbus device. */
import { answerOnce } from '@bulkhead/node-kit';
import { answerProbe } from './probing/answer.ts';
import { parseProbeQuestion } from './probing/question.ts';

answerOnce(parseProbeQuestion, answerProbe);
