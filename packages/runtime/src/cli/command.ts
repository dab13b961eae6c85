import type { House } from './house.ts';
import type { KeptLogins } from './kept-logins.ts';
import type { Prompt } from './prompt.ts';

/** What a command gets; `out` writes one line on stdout. */
export interface Surroundings {
  readonly house: House;
  readonly logins: KeptLogins;
  /** To be closed by who opened it. */
  readonly prompt: () => Prompt;
  readonly out: (line: string) => void;
  /** Writes one line on stderr, for a person: it is no part of the answer. */
  readonly note: (line: string) => void;
  /** Folder that file names are relative to. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when a person ends a command that would go on (Ctrl-C). */
  readonly ended: AbortSignal;
}

export interface Flags {
  readonly json: boolean;
  readonly follow: boolean;
  readonly lines: number;
  readonly house: boolean;
  /** A flow file instead of the running house. */
  readonly file?: string;
}

/** One command: what it takes, and what it does. Resolves to false when it did its work and the answer is "not good". */
export interface Command {
  /** Name of its one argument; null when it takes none. */
  readonly argument: string | null;
  readonly flags: readonly (keyof Flags)[];
  run(argument: string, flags: Flags, surroundings: Surroundings): Promise<boolean>;
}
