/**
 * The whole of a probe process: one question as JSON on stdin, its answer as JSON on stdout. What the editor asks must
 * neither slow down nor end the process that serves it.
 */
export function answerOnce<Question>(
  parseQuestion: (asked: unknown) => Question | undefined,
  answer: (question: Question) => Promise<unknown>,
): void {
  let asked = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    asked += chunk;
  });
  process.stdin.on('end', () => {
    const question = parseQuestion(JSON.parse(asked));
    if (question === undefined) {
      process.exit(1);
    }
    void answer(question).then((result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)));
  });
}
