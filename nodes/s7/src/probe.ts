/**
 * A process that lives for one question to a PLC, as JSON on stdin and the answer on stdout: what the editor asks must
 * neither slow down nor end the process that serves it.
 */
import { answerProbe } from './probing/answer.ts';
import { parseProbeQuestion } from './probing/question.ts';

let asked = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  asked += chunk;
});
process.stdin.on('end', () => {
  const question = parseProbeQuestion(JSON.parse(asked));
  if (question === undefined) {
    process.exit(1);
  }
  void answerProbe(question).then((result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)));
});
