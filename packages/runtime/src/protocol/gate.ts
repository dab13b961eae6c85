/** What a compartment in a container and its gate (`container/gate.ts`) agree on. */

/** What a container serves to the house. */
export const gateServices = ['http', 'links'] as const;
export type GateService = (typeof gateServices)[number];

/** The connection that lives as long as whoever keeps the container. */
export const wantsLife = 'life';

/** How a container reaches its gate, and how both prove themselves; PEM. */
export interface GateAccess {
  readonly host: string;
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  readonly peer: string;
}
