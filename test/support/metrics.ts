import type { Node } from 'node-red';

/** The counters that a node gives to the runtime. */
export function metricsOf(node: Node): unknown {
  const metrics: unknown = Reflect.get(node, 'metrics');
  if (typeof metrics !== 'function') throw new TypeError(`${node.type} gives no metrics`);
  const counters: unknown = Reflect.apply(metrics, node, []);
  return counters;
}
