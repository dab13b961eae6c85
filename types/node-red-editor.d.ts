import type { EditorRED } from 'node-red';

declare global {
  /** The editor's own API; exists only in the browser, so only `editor.ts` files may use it (enforced by lint). */
  const RED: EditorRED;
}
