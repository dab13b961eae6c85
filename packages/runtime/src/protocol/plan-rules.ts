/** What `bulkhead.yaml` says about which tabs run together. */
export interface PlanRules {
  /** Further types of config nodes of which one process may hold an instance. */
  readonly exclusive: readonly string[];
  /** Types of config nodes of which every tab may have its own, whatever the table says. */
  readonly shared: readonly string[];
  readonly partition: {
    /** Name of a compartment → labels or ids of the tabs and dashboards that run in it. */
    readonly pins: Readonly<Record<string, readonly string[]>>;
    /** Labels or ids of tabs that no rule joins with others, and of dashboards that run apart from even a single tab. */
    readonly apart: readonly string[];
    /** `split`: widgets run in a compartment of the dashboard. `with-tabs`: all tabs that have widgets are joined. */
    readonly dashboards: 'split' | 'with-tabs';
  };
}

export const defaultRules: PlanRules = {
  exclusive: [],
  shared: [],
  partition: { pins: {}, apart: [], dashboards: 'split' },
};
