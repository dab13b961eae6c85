/** Widgets that run in the compartment of their dashboard, and not in that of the tab they stand on. */
import type { Groups } from './groups.ts';
import { isActive, type Surface } from './surfaces.ts';

export interface Split {
  readonly tab: string;
  /** Ids of the nodes of that tab that run elsewhere. */
  readonly nodes: readonly string[];
  /** Compartment of the rest of the tab. */
  readonly from: string;
  /** Compartment of these nodes. */
  readonly to: string;
  /** Config node of the dashboard. */
  readonly dashboard: string;
  readonly reason: string;
}

/**
 * A dashboard whose widgets stand on the tabs of one compartment runs there, without being asked: nothing would be
 * joined by it, and one process is cheaper than two.
 */
export function settleDashboards(
  surfaces: readonly Surface[],
  groups: Groups,
  isTab: (id: string) => boolean,
  apart: (surface: Surface) => boolean,
  all: readonly string[],
): void {
  for (const surface of surfaces) {
    const hosted = all.some((id) => isTab(id) && groups.of(id) === groups.of(surface.id));
    if (hosted || apart(surface)) continue;
    const users = [...surface.nodes].filter(([, nodes]) => nodes.some(isActive)).map(([tab]) => tab);
    if (new Set(users.map((tab) => groups.of(tab))).size === 1) groups.join([...users, surface.id]);
  }
}

export function splitsOf(
  surfaces: readonly Surface[],
  compartmentOf: (unitId: string) => string | undefined,
): readonly Split[] {
  const taken = new Set<string>();
  return surfaces.flatMap(({ id, label, nodes }) =>
    [...nodes].flatMap(([tab, standing]): Split[] => {
      const from = compartmentOf(tab);
      const to = compartmentOf(id);
      const moved = standing.filter((node) => !taken.has(node.id)).map((node) => node.id);
      for (const node of moved) taken.add(node);
      if (from === undefined || to === undefined || from === to || moved.length === 0) return [];
      const reason = `dashboard "${label}" is one page with widgets of several tabs; they run with it, the rest of the tab apart`;
      return [{ tab, nodes: moved, from, to, dashboard: id, reason }];
    }),
  );
}
