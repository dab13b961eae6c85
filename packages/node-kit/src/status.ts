import { type Clock, systemClock } from '@bulkhead/core';
import type { Node, NodeStatus } from 'node-red';

export type { NodeStatus };

export interface StatusWriter<State> {
  /** Shows this state: at once, or when a second has passed since the last update. The last one set wins. */
  set(state: State): void;
}

/** The editor redraws every open browser for each update, so a node gets one a second. */
const shortestGapMs = 1_000;

/**
 * Status of a node as a function of its state. Cleared when the node closes; later states are ignored.
 */
export function createStatus<State>(
  node: Node,
  render: (state: State) => NodeStatus,
  clock: Clock = systemClock,
): StatusWriter<State> {
  let shown = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  let waiting: { state: State; timer: ReturnType<Clock['setTimeout']> } | undefined;
  let closed = false;

  const show = (state: State): void => {
    const status = render(state);
    const text = JSON.stringify(status);
    if (text === shown) return;
    shown = text;
    shownAt = clock.now();
    node.status(status);
  };

  node.on('close', () => {
    closed = true;
    if (waiting) clock.clearTimeout(waiting.timer);
    waiting = undefined;
    node.status({});
  });

  return {
    set(state) {
      if (closed) return;
      if (waiting) {
        waiting.state = state;
        return;
      }
      // The wall clock may jump back: never wait longer than the gap itself.
      const remainingMs = Math.min(shownAt + shortestGapMs - clock.now(), shortestGapMs);
      if (remainingMs <= 0) {
        show(state);
        return;
      }
      const timer = clock.setTimeout(() => {
        const last = waiting;
        waiting = undefined;
        if (last) show(last.state);
      }, remainingMs);
      waiting = { state, timer };
    },
  };
}
