/** What the partition puts together or apart: tabs, and the dashboards that have nodes on them. */
import type { FlowNode } from '../../protocol/messages.ts';
import { closure, type FlowIndex, labelOf } from './flow-index.ts';
import type { Surface } from './surfaces.ts';

export interface Unit {
  readonly id: string;
  readonly label: string;
  readonly kind: 'tab' | 'dashboard';
  /** What runs with it: nodes, subflows, config nodes. A tab is without its widgets, a dashboard has those of all tabs. */
  readonly nodes: readonly FlowNode[];
}

export function unitsOf(index: FlowIndex, surfaces: readonly Surface[]): Unit[] {
  const widgets = new Set(surfaces.flatMap(({ nodes }) => [...nodes.values()].flat().map(({ id }) => id)));
  const tabs = index.tabs.map(
    (tab): Unit => ({ id: tab.id, label: labelOf(tab), kind: 'tab', nodes: closure([tab.id], index, widgets) }),
  );
  const dashboards = surfaces.map(({ id, label, nodes, configs }): Unit => {
    const standing = [...nodes.values()].flat().map((node) => node.id);
    return { id, label, kind: 'dashboard', nodes: closure([...configs, ...standing], index) };
  });
  return [...tabs, ...dashboards];
}
