import type { Launcher } from '../../protocol/boot.ts';
import type { FlowNode } from '../../protocol/messages.ts';
import { type Conflict, conflictsOf } from './conflicts.ts';
import { indexFlows } from './flow-index.ts';
import { createGroups } from './groups.ts';
import { launcherOf } from './tab-launcher.ts';
import { isNamed, type Pin, pinsOf, unknown } from './pins.ts';
import { defaultRules, type PlanRules } from '../../protocol/plan-rules.ts';
import { type Split, settleDashboards, splitsOf } from './splits.ts';
import { type Surface, surfacesOf } from './surfaces.ts';
import { dashboardTies, exclusiveConfigs, sessionLimits, tcpAnswers, type Union } from './ties.ts';
import { type Unit, unitsOf } from './units.ts';

interface Named {
  readonly id: string;
  readonly label: string;
}

export interface PlannedCompartment {
  /** Id of its first tab in the flow file, or of its dashboard where it has no tab. */
  readonly id: string;
  readonly name: string;
  /** What stands on them runs here, but for the nodes that `splits` names. */
  readonly tabs: readonly Named[];
  /** Config nodes of the dashboards that it serves. */
  readonly dashboards: readonly (Named & { readonly path: string })[];
  readonly unions: readonly Union[];
  /** Of every tab of which some nodes run here and some elsewhere. */
  readonly splits: readonly Split[];
  /** What its tabs ask for; where they differ, the stronger wall. */
  readonly launcher?: Launcher;
}

export interface Plan {
  readonly compartments: readonly PlannedCompartment[];
  /** Known before anything runs; the flows run all the same, as in a stock Node-RED. */
  readonly conflicts: readonly Conflict[];
  /** What a person wrote and what cannot be followed, one line each. */
  readonly warnings: readonly string[];
}

/**
 * One tab, one compartment, unless tabs are tied together; every tie is named. Widgets run in a compartment of their
 * dashboard, or its tabs would all be tied.
 */
export function partition(flows: readonly FlowNode[], rules: PlanRules = defaultRules): Plan {
  const index = indexFlows(flows);
  const surfaces = surfacesOf(index);
  const units = unitsOf(index, surfaces);
  const groups = createGroups(units.map(({ id }) => id));
  const { pins, warnings } = pinsOf(index.tabs, units, rules);
  const { apart } = rules.partition;
  const isApart = (unit: Unit): boolean => apart.some((name) => isNamed(unit, name));
  const free = units.filter((unit) => !isApart(unit));

  const unions = pins.flatMap(({ ids, reason }): Union[] =>
    ids.length > 1 ? [{ tabs: ids, kind: 'pinned', reason }] : [],
  );
  unions.push(...tcpAnswers(free, index), ...exclusiveConfigs(free, rules));
  const tied = dashboardTies(surfaces, index, rules);
  unions.push(...tied.filter(({ tabs }) => tabs.every((id) => free.some((unit) => unit.id === id))));
  for (const { tabs } of unions) groups.join(tabs);
  unions.push(...sessionLimits(free, groups));
  const ids = units.map(({ id }) => id);
  const tabIds = new Set(index.tabs.map(({ id }) => id));
  settleDashboards(
    surfaces,
    groups,
    (id) => tabIds.has(id),
    ({ id, label }) => apart.includes(id) || apart.includes(label),
    ids,
  );

  const compartments = grouped(units, groups.of).map((group) => compartment(group, surfaces, pins, unions));
  const owner = new Map(
    compartments.flatMap(({ id, tabs, dashboards }) => [...tabs, ...dashboards].map((unit) => [unit.id, id])),
  );
  const splits = splitsOf(surfaces, (id) => owner.get(id));
  return {
    compartments: compartments.map((planned) => {
      const here = new Set(
        splits.filter(({ from, to }) => from === planned.id || to === planned.id).map(({ tab }) => tab),
      );
      const tabs = index.tabs.filter(({ id }) => owner.get(id) === planned.id);
      return { ...planned, ...launcherOf(tabs), splits: splits.filter(({ tab }) => here.has(tab)) };
    }),
    conflicts: conflictsOf(units, (id) => owner.get(id) ?? id),
    warnings: [
      ...warnings,
      ...apart
        .filter((name) => !units.some((unit) => isNamed(unit, name)))
        .map((name) => unknown('partition.apart', name)),
    ],
  };
}

function grouped(units: readonly Unit[], of: (id: string) => string): Unit[][] {
  const groups = new Map<string, Unit[]>();
  for (const unit of units) groups.set(of(unit.id), [...(groups.get(of(unit.id)) ?? []), unit]);
  return [...groups.values()];
}

function compartment(
  group: readonly Unit[],
  surfaces: readonly Surface[],
  pins: readonly Pin[],
  unions: readonly Union[],
): PlannedCompartment {
  const ids = new Set(group.map(({ id }) => id));
  const tabs = group.filter(({ kind }) => kind === 'tab').map(({ id, label }) => ({ id, label }));
  const dashboards = surfaces.filter(({ id }) => ids.has(id)).map(({ id, label, path }) => ({ id, label, path }));
  const carriers = tabs.length > 0 ? tabs : dashboards;
  return {
    id: carriers[0]?.id ?? '',
    name: pins.find((pin) => pin.ids.some((id) => ids.has(id)))?.name ?? carriers.map(({ label }) => label).join(' + '),
    tabs,
    dashboards,
    unions: unions.filter((union) => union.tabs.some((id) => ids.has(id))),
    splits: [],
  };
}
