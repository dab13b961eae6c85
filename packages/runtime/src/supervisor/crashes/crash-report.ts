import * as v from 'valibot';
import type { ChildExit, LogLine } from '../../protocol/messages.ts';
import type { LastInHand } from './in-hand-file.ts';
import type { DrawnNode } from '../compartments/drawn-node.ts';
import { lastExitOf, lastExitSchema } from '../compartments/last-exit.ts';

/** What is told of the message in hand without asking for it. */
const messageSchema = v.object({
  nodeId: v.string(),
  /** When the node received it; epoch ms. */
  at: v.number(),
  preview: v.string(),
  bytes: v.number(),
  complete: v.boolean(),
  redacted: v.boolean(),
});

export const crashReportSchema = v.object({
  id: v.string(),
  ...lastExitSchema.entries,
  /** The node did it; otherwise it is the last that received a message. */
  nodeIsExact: v.boolean(),
  stderrTail: v.array(v.string()),
  log: v.array(v.object({ at: v.number(), stream: v.picklist(['stdout', 'stderr']), text: v.string() })),
  /** Null where it is not known: too many messages came, or none. */
  message: v.nullable(messageSchema),
});

/** One entry of `GET /bulkhead/compartments/:id/crashes`. */
export type CrashReport = v.InferOutput<typeof crashReportSchema>;

const previewCharacters = 300;
const mostLines = 40;
const mostOfLine = 500;

const bounded = (lines: readonly LogLine[]): LogLine[] =>
  lines.slice(-mostLines).map((line) => ({ ...line, text: line.text.slice(0, mostOfLine) }));

/**
 * With every message written down, the last receiver is the node that did it, if it did not come back from its handler: later
 * any timer may have run, also one of another node.
 */
const isWhoDidIt = ({ nodeId }: ChildExit, { exact, stage, nodeId: receiver }: LastInHand): boolean =>
  exact && receiver === nodeId && (stage === 'runs' || stage === 'ends');

/** Pure. The same exit, told twice, has the same id. */
export function crashReportOf(exit: ChildExit, node: DrawnNode | undefined, inHand: LastInHand | null): CrashReport {
  const text = inHand === null ? '' : JSON.stringify(inHand.message);
  return {
    id: `${exit.endedAt.toString(36)}-${exit.pid.toString(36)}`,
    ...lastExitOf(exit, node),
    nodeIsExact: exit.nodeIsExact || (inHand !== null && isWhoDidIt(exit, inHand)),
    stderrTail: exit.stderrTail.slice(-mostLines).map((line) => line.slice(0, mostOfLine)),
    log: bounded(exit.logTail),
    message:
      inHand === null
        ? null
        : {
            nodeId: inHand.nodeId,
            at: inHand.at,
            preview: text.slice(0, previewCharacters),
            bytes: Buffer.byteLength(text),
            complete: inHand.complete,
            redacted: inHand.redacted,
          },
  };
}
