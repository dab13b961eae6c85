import { errorMessage } from '@bulkhead/core';
import type { NodeAPI } from 'node-red';
import type { ProbeAnswer } from './probe-answer.ts';
import { type Probed, runProbe } from './run-probe.ts';

export interface ProbeRouteOptions<Question extends { connection: Record<string, string> }, Result> {
  /** As `/s7-connection/probe`. */
  path: string;
  parseQuestion(body: unknown): Question | undefined;
  parseResult(output: unknown): Result | undefined;
}

/** The palette's built `probe.js`, as a process for each question; or whoever asks it. */
type Asked<Question> = { script: string; deadlineMs: number } | { ask(question: Question): Promise<Probed> };

const variable = /^\$\{(\w+)\}$/;

/** Fields of a form may name variables of the environment, as those of a flow do. */
function filledIn(fields: Record<string, string>): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => {
    const known = variable.exec(value)?.[1];
    return [name, known === undefined ? value : (process.env[known] ?? value)] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Lets the editor test a connection and browse before anything is deployed: no node runs yet that could be asked. The
 * questions are answered by a process that is there for them, and ask for the right to change flows.
 */
export function serveProbe<Question extends { connection: Record<string, string> }, Result>(
  RED: NodeAPI,
  { path, parseQuestion, parseResult, ...probe }: ProbeRouteOptions<Question, Result> & Asked<Question>,
): void {
  const answer = async (body: unknown): Promise<ProbeAnswer<Result>> => {
    const question = parseQuestion(body);
    if (question === undefined) return { ok: false, reason: 'the question cannot be read' };
    const asked = { ...question, connection: filledIn(question.connection) };
    const probed =
      'ask' in probe
        ? await probe.ask(asked)
        : await runProbe({ script: probe.script, deadlineMs: probe.deadlineMs, question: JSON.stringify(asked) });
    if (!probed.ok) return probed;
    const result = parseResult(JSON.parse(probed.output));
    return result === undefined ? { ok: false, reason: 'the answer cannot be read' } : { ok: true, result };
  };
  RED.httpAdmin.post(path, RED.auth.needsPermission('flows.write'), (request, response) => {
    answer(request.body).then(
      (body) => void response.json(body),
      (problem: unknown) => void response.json({ ok: false, reason: errorMessage(problem) }),
    );
  });
}
