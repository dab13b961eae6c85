import type { EditorRED } from 'node-red';

declare global {
  /** The editor's own API; exists only in the browser, so only `editor.ts` files may use it (enforced by lint). */
  const RED: EditorRED;

  /** The tree widget of the editor, which its published types leave out. */
  interface JQuery {
    treeList(options: { data: readonly object[]; ariaLabel?: string }): JQuery;
    treeList(method: 'data', data: readonly object[]): JQuery;
  }
}
