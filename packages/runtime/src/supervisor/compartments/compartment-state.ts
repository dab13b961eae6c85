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

/** A compartment that stays down until a person, or a deploy that changes it, starts it. */
export interface Down {
  /** Of the flows that it would run. */
  readonly sliceHash: string;
  /** Null: a person stopped it. */
  readonly quarantinedBecause: string | null;
}

export function pidOf(state: CompartmentState): number | null {
  return state.kind === 'starting' || state.kind === 'running' ? state.pid : null;
}
