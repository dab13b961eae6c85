import type { NodeAPI } from 'node-red';

/**
 * What the house provides under this name (`mqtt`, `postgres`), not yet parsed: inside a compartment the runtime sets
 * `bulkheadServices` in the settings. Undefined in stock Node-RED.
 */
export function serviceOfTheHouse(RED: NodeAPI, name: string): unknown {
  const services: unknown = Reflect.get(RED.settings, 'bulkheadServices');
  if (typeof services !== 'object' || services === null || !Object.hasOwn(services, name)) return undefined;
  return Reflect.get(services, name);
}
