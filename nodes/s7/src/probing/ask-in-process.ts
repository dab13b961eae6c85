import path from 'node:path';
import { runProbe } from '@bulkhead/node-kit';
import { parseProbeQuestion, parseProbeResult, type ProbeAnswer } from './question.ts';

/** For the connection, the list of blocks and their lengths, one after the other. */
const deadlineMs = 20_000;
const variable = /^\$\{(\w+)\}$/;

/** Fields of a form may name variables of the environment, as those of a flow do. */
function filledIn(fields: Record<string, string>): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => {
    const known = variable.exec(value)?.[1];
    return [name, known === undefined ? value : (process.env[known] ?? value)] as const;
  });
  return Object.fromEntries(entries);
}

/** Answers what the editor asks, from a process of its own. */
export async function askInProcess(body: unknown): Promise<ProbeAnswer> {
  const question = parseProbeQuestion(body);
  if (question === undefined) return { ok: false, reason: 'the question cannot be read' };
  const asked = { ...question, connection: filledIn(question.connection) };
  // Beside this node's own built file.
  const script = path.join(__dirname, 'probe.js');
  const probed = await runProbe({ script, question: JSON.stringify(asked), deadlineMs });
  if (!probed.ok) return probed;
  const output: unknown = JSON.parse(probed.output);
  const result = parseProbeResult(output);
  return result === undefined ? { ok: false, reason: 'the answer cannot be read' } : { ok: true, result };
}
