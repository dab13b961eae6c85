/** What the process of a compartment may do beyond computing and the network: names, for everybody who sets or shows it. */

/**
 * `derived`: Node.js's permission model, with what the nodes of the tabs are known to need; off where that cannot be
 * known. `strict`: always, and nothing but what the nodes name and a person grants. `off`: never.
 */
export const privilegeModes = ['off', 'derived', 'strict'] as const;
export type PrivilegeMode = (typeof privilegeModes)[number];

export const allowances = ['child-process', 'worker', 'addons'] as const;
export type Allowance = (typeof allowances)[number];

export interface Privilege {
  readonly mode: PrivilegeMode;
  /** Files, and folders with all that they hold, that a person grants beside what the nodes need. Absolute, or below the home. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly allow: readonly Allowance[];
}

export const usualPrivilege: Privilege = { mode: 'derived', read: [], write: [], allow: [] };
