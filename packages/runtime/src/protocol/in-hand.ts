/** The message that a node of a compartment held when the process died: written by the compartment, read when it ended. */

/** Below the compartment's directory. */
export const inHandFileName = 'in-hand';

/** A flag of one byte, the length of the text as eight hexadecimal digits, a line break: then the text, JSON. */
export const headerBytes = 10;
/**
 * The text is of the last message that was received. Of one that came from a request it is also told how far its handling
 * went, because a request is held to account for a death, and one that was done with long ago is not to be.
 *
 * `runs`: the event loop has not turned since it was received. `turned`: it has, within the last second. `over`: it has
 * gone on for longer. `ends`: the process dies of what was begun for this message, whenever that was.
 */
export const stages = { F: 'runs', T: 'turned', O: 'over', X: 'ends' } as const;
export type Flag = keyof typeof stages;
export type Stage = (typeof stages)[Flag];
/** Later messages were received and not written: there were too many of them. */
export const staleFlag = 'S';

export const stageOf = (flag: string): Stage | undefined => (isFlag(flag) ? stages[flag] : undefined);
const isFlag = (flag: string): flag is Flag => Object.hasOwn(stages, flag);

export interface InHand {
  readonly pid: number;
  /** When the node received it, or, of a process that was dying, when it was written. Epoch ms. */
  readonly at: number;
  readonly nodeId: string;
  /** Every message was written: the node is the one that received last, without doubt. */
  readonly exact: boolean;
  /** JSON with tags for what JSON has not (`compartment/in-hand/tagged.ts`). */
  readonly message: unknown;
  /** False: it was longer than is kept, or holds what only lives in its process. */
  readonly complete: boolean;
  /** A credential stood in it and was blotted out. */
  readonly redacted: boolean;
  /** Which HTTP request it came from, as the front counts them. */
  readonly request?: string;
  /** Of a request: how full the heap was when the node received it, of 1. */
  readonly heapShare?: number;
}
