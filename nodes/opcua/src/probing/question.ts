import { isRecord } from '@bulkhead/core';
import { textFields } from '@bulkhead/node-kit/probing';

/** What every question comes with: the connection as it stands in a form. */
export interface Asking {
  /** Questions of one open dialog share a process, its session and its places in long lists. */
  dialog: string;
  connection: Record<string, string>;
  /** Passwords and keys that were typed and not deployed yet. */
  secrets: Record<string, string>;
  /**
   * The connection node whose stored secrets are used where none were typed; empty for a new one. Not at the top of the
   * question: in Bulkhead a request that names a running node there is one to its tab.
   */
  stored: { node: string };
}

/** What the editor asks of a server that nothing is deployed for yet. */
export type ProbeQuestion = Asking &
  (
    | { kind: 'test' }
    | { kind: 'discover' }
    /** Nodes below a node, a page at a time: `more` is the place at which the last page ended. */
    | { kind: 'children'; parent: string /** Names from the Objects folder. */; path: string[]; more: number }
    /** Nodes whose names hold the words; `more` goes on where the last answer stopped. */
    | { kind: 'search'; words: string; more: number }
    /** What servers say of variables beside their value, for rows of a tag table. */
    | { kind: 'details'; nodes: string[] }
    /** The types of events that the server knows. */
    | { kind: 'event-types' }
    /** What events of a type bring. */
    | { kind: 'event-fields'; type: string }
  );

/** As many as a person picks at a time. */
const mostDetails = 1_000;
const mostSteps = 100;
const longestText = 2_000;

function textOf(value: unknown): string {
  return typeof value === 'string' && value.length < longestText ? value : '';
}

function textsOf(value: unknown, most: number): string[] {
  return Array.isArray(value) ? value.slice(0, most).map(textOf) : [];
}

/** Reads what a browser sent. */
export function parseProbeQuestion(body: unknown): ProbeQuestion | undefined {
  if (!isRecord(body)) return undefined;
  const connection = textFields(body['connection']);
  const dialog = textOf(body['dialog']);
  if (connection === undefined || dialog === '') return undefined;
  const stored = { node: isRecord(body['stored']) ? textOf(body['stored']['node']) : '' };
  const asking: Asking = { dialog, connection, secrets: textFields(body['secrets']) ?? {}, stored };
  const more = typeof body['more'] === 'number' ? body['more'] : 0;
  const { kind } = body;
  switch (kind) {
    case 'test':
    case 'discover':
    case 'event-types':
      return { ...asking, kind };
    case 'children':
      return { ...asking, kind, parent: textOf(body['parent']), path: textsOf(body['path'], mostSteps), more };
    case 'search':
      return { ...asking, kind, words: textOf(body['words']), more };
    case 'details':
      return { ...asking, kind, nodes: textsOf(body['nodes'], mostDetails) };
    case 'event-fields':
      return { ...asking, kind, type: textOf(body['type']) };
    default:
      return undefined;
  }
}
