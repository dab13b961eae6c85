import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { headerBytes, type InHand, inHandFileName, type Stage, stageOf } from '../../protocol/in-hand.ts';

const schema = v.object({
  pid: v.number(),
  at: v.number(),
  nodeId: v.string(),
  exact: v.boolean(),
  message: v.unknown(),
  complete: v.boolean(),
  redacted: v.boolean(),
  request: v.exactOptional(v.string()),
  heapShare: v.exactOptional(v.number()),
});

export interface LastInHand extends InHand {
  readonly stage: Stage;
}

/**
 * The message that a process held when it died; null where it is not known. Read at once, because the next process of
 * the compartment writes to the same file; it is 256 kB at most.
 */
export function readInHand(directory: string, pid: number): LastInHand | null {
  try {
    const bytes = readFileSync(path.join(directory, inHandFileName));
    const stage = stageOf(bytes.toString('latin1', 0, 1));
    if (stage === undefined) return null;
    const length = Number.parseInt(bytes.toString('latin1', 1, headerBytes - 1), 16);
    const text = bytes.toString('utf8', headerBytes, headerBytes + length);
    const { success, output } = v.safeParse(schema, JSON.parse(text));
    return success && output.pid === pid ? { ...output, stage } : null;
  } catch {
    // Never written, or torn by the death itself.
    return null;
  }
}
