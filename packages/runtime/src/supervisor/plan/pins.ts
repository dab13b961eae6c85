/** Tabs and dashboards that a person put into one compartment: in the tab's environment, or in `bulkhead.yaml`. */
import type { FlowNode } from '../../protocol/messages.ts';
import type { PlanRules } from '../../protocol/plan-rules.ts';
import { tabVariable } from './tab-variable.ts';
import type { Unit } from './units.ts';

export interface Pin {
  /** Name of the compartment. */
  readonly name: string;
  readonly ids: readonly string[];
  readonly reason: string;
}

const variable = 'BULKHEAD_COMPARTMENT';

export const isNamed = (unit: Unit, name: string): boolean => unit.id === name || unit.label === name;

/** A tab that is pinned to the name of a dashboard runs with it. Where both speak of a tab, `bulkhead.yaml` counts. */
export function pinsOf(
  tabs: readonly FlowNode[],
  units: readonly Unit[],
  { partition: { pins } }: PlanRules,
): { readonly pins: readonly Pin[]; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const inFile = new Map<string, string>();
  for (const [name, listed] of Object.entries(pins)) {
    for (const entry of listed) {
      const meant = units.filter((unit) => isNamed(unit, entry));
      if (meant.length === 0) warnings.push(unknown(`partition.pins.${name}`, entry));
      for (const { id, label } of meant) {
        const other = inFile.get(id);
        if (other === undefined) inFile.set(id, name);
        else if (other !== name)
          warnings.push(
            `bulkhead.yaml: partition.pins puts "${label}" into "${other}" and into "${name}": "${other}" counts`,
          );
      }
    }
  }
  const byName = new Map<string, { ids: string[]; sources: Set<string> }>();
  const pin = (name: string, id: string, source: string): void => {
    const entry = byName.get(name) ?? { ids: [], sources: new Set<string>() };
    byName.set(name, entry);
    if (!entry.ids.includes(id)) entry.ids.push(id);
    entry.sources.add(source);
  };
  for (const unit of units) {
    const name = inFile.get(unit.id);
    if (name !== undefined) pin(name, unit.id, `bulkhead.yaml (partition.pins.${name})`);
    const tab = unit.kind === 'tab' ? tabs.find(({ id }) => id === unit.id) : undefined;
    const own = tab && tabVariable(tab, variable);
    if (own !== undefined && name === undefined) pin(own, unit.id, `${variable}=${own}`);
    else if (own !== undefined && own !== name)
      warnings.push(`${variable}=${own} of the tab "${unit.label}" does not count: bulkhead.yaml pins it to "${name}"`);
  }
  for (const [name, { ids }] of byName) {
    const dashboard = units.find((unit) => unit.kind === 'dashboard' && isNamed(unit, name));
    if (dashboard && !ids.includes(dashboard.id) && !inFile.has(dashboard.id)) ids.push(dashboard.id);
  }
  return {
    warnings,
    pins: [...byName].map(([name, { ids, sources }]) => ({
      name,
      ids,
      reason: `pinned together by ${[...sources].join(' and ')}`,
    })),
  };
}

export const unknown = (where: string, name: string): string =>
  `bulkhead.yaml: ${where} names "${name}", but no enabled tab and no dashboard has that label or id`;
