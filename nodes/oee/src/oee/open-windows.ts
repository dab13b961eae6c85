import type { Note } from './memory.ts';

/** The part of a node's context that is needed here. */
export interface ContextPort {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface OpenWindows {
  /** What was kept of the node's open window, by this process or on disk; not yet checked. */
  take(nodeId: string, context: ContextPort): unknown;
  keep(nodeId: string, context: ContextPort, note: Note | undefined): void;
  forget(nodeId: string): void;
}

const contextKey = 'openWindow';

/**
 * Brings open windows over a deploy and a restart. The default context store forgets a node when it closes, so what a
 * deploy needs is kept here, one note for each node; a store on disk brings it over a restart as well.
 */
export function createOpenWindows(): OpenWindows {
  const kept = new Map<string, Note>();
  return {
    take(nodeId, context) {
      const note = kept.get(nodeId);
      kept.delete(nodeId);
      try {
        return note ?? context.get(contextKey);
      } catch {
        // A store without synchronous access: the window begins anew, and its first part is unknown time.
        return undefined;
      }
    },
    keep(nodeId, context, note) {
      if (note === undefined) return;
      kept.set(nodeId, note);
      try {
        context.set(contextKey, note);
      } catch {
        // As above.
      }
    },
    forget: (nodeId) => void kept.delete(nodeId),
  };
}
