import type { Slice } from '../../protocol/messages.ts';
import { passwordsIn } from './secrets.ts';
import { blot, secretsPattern } from './tagged.ts';

/** Keeps the credentials of the flows out of the texts that leave the process by themselves: its log and its last words. */
export interface Blot {
  /** Those of another slice are no secrets of this process any more. */
  hide(slice: Pick<Slice, 'credentials' | 'services'>): void;
  readonly clean: (text: string) => string;
}

export function createBlot(): Blot {
  let pattern: RegExp | null = null;
  return {
    hide(slice) {
      pattern = secretsPattern(passwordsIn(slice));
    },
    clean: (text) => (pattern === null ? text : text.replace(pattern, blot)),
  };
}
