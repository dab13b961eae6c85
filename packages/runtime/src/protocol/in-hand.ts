/** The message that a node of a compartment held when the process died: written by the compartment, read when it ended. */

/** Below the compartment's directory. */
export const inHandFileName = 'in-hand';

/** A flag of one byte, the length of the text as eight hexadecimal digits, a line break: then the text, JSON. */
export const headerBytes = 10;
/** The text is of the last message that was received. */
export const freshFlag = 'F';
/** Later messages were received and not written: there were too many of them. */
export const staleFlag = 'S';

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
}
