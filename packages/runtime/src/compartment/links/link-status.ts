/**
 * What link nodes say of the compartments they lead to: nothing while messages flow, a yellow ring with the number
 * that waits while one is away, a red ring with the number that was lost.
 *
 * The sending nodes show it, because it is their messages, and because the other tab may not be running.
 */
import type { LinkHealth } from './links.ts';

export interface NodeStatus {
  readonly fill?: 'yellow' | 'red';
  readonly shape?: 'ring';
  readonly text?: string;
}

export interface LinkStatus {
  /** Ids of nodes that send to a compartment; returns what ends the watching. */
  watch(compartment: string, callers: readonly string[]): () => void;
  /** Looks now; otherwise twice a second. */
  look(): void;
  stop(): void;
}

/** Of all compartments that one node leads to. */
export function renderLinkHealth(all: readonly LinkHealth[]): NodeStatus {
  const away = all.filter((health) => !health.connected);
  const queued = away.reduce((sum, health) => sum + health.queued, 0);
  const dropped = all.reduce((sum, health) => sum + health.dropped, 0);
  const waits = queued > 0 ? [`${queued} waiting`] : [];
  if (dropped > 0) return { fill: 'red', shape: 'ring', text: [`${dropped} lost`, ...waits].join(', ') };
  return waits.length > 0 ? { fill: 'yellow', shape: 'ring', text: waits.join() } : {};
}

export function createLinkStatus(
  health: (compartment: string) => LinkHealth,
  show: (nodeId: string, status: NodeStatus) => void,
): LinkStatus {
  const watches = new Set<{ readonly compartment: string; readonly callers: readonly string[] }>();
  const shown = new Map<string, string>();
  const look = (): void => {
    const byCaller = new Map<string, Set<string>>();
    for (const { compartment, callers } of watches) {
      for (const caller of callers) byCaller.set(caller, (byCaller.get(caller) ?? new Set()).add(compartment));
    }
    for (const [caller, compartments] of byCaller) {
      const status = renderLinkHealth([...compartments].map(health));
      const text = status.text ?? '';
      if ((shown.get(caller) ?? '') === text) continue;
      shown.set(caller, text);
      show(caller, status);
    }
    for (const caller of shown.keys()) if (!byCaller.has(caller)) shown.delete(caller);
  };
  const timer = setInterval(look, 500);
  return {
    watch(compartment, callers) {
      const watch = { compartment, callers };
      watches.add(watch);
      return () => void watches.delete(watch);
    },
    look,
    stop: () => clearInterval(timer),
  };
}
