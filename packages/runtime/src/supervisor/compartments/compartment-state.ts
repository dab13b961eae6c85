import type { DrawnNode } from './drawn-node.ts';
import type { ChildExit, ExitReason } from '../../protocol/messages.ts';

/**
 * The life of a compartment.
 *
 *   stopped ──start──▶ starting ──ready──▶ running
 *      ▲                  │  ▲                │
 *      │                exit │ wait is over  exit
 *      │                  ▼  │                ▼
 *      └──────stop──── backing-off ◀──────────┘
 *                         │ too many short lives
 *                         ▼
 *                    quarantined ──start, deploy──▶ starting
 */
export type CompartmentState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting'; readonly pid: number | null; readonly since: number }
  | { readonly kind: 'running'; readonly pid: number; readonly readyAt: number }
  | { readonly kind: 'backing-off'; readonly until: number }
  | { readonly kind: 'quarantined'; readonly because: string };

export interface LastExit {
  readonly at: number;
  readonly reason: ExitReason;
  readonly detail: string;
  readonly nodeId?: string;
  readonly nodeName?: string;
  /** Whose dot in the editor tells of it, where that is another: of a node in a subflow the instance. */
  readonly dotId?: string;
}

/** A compartment that stays down until a person, or a deploy that changes it, starts it. */
export interface Down {
  /** Of the flows that it would run. */
  readonly sliceHash: string;
  /** Null: a person stopped it. */
  readonly quarantinedBecause: string | null;
}

/** `node`: the one that the exit names, as it was drawn. */
export function lastExitOf(exit: ChildExit, node: DrawnNode | undefined): LastExit {
  return {
    at: exit.endedAt,
    reason: exit.reason,
    detail: exit.detail,
    ...(node === undefined ? {} : { nodeId: node.id, nodeName: node.name }),
    ...(node?.dotId === undefined ? {} : { dotId: node.dotId }),
  };
}

export function pidOf(state: CompartmentState): number | null {
  return state.kind === 'starting' || state.kind === 'running' ? state.pid : null;
}
