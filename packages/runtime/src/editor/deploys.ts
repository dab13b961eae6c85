/** Learns of every deploy, whatever way it came, and of which kind it was. */
import type { NodeRedApplication, SetFlowsOptions } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import type { DeployType } from '../protocol/messages.ts';

const deployTypes: readonly DeployType[] = ['full', 'nodes', 'flows', 'reload'];
/** Runtime events after which the palette is another one. */
const paletteEvents = new Set(['node/added', 'node/removed', 'node/enabled', 'node/disabled', 'node/upgraded']);

export interface DeployListener {
  onDeploy(type: DeployType): void;
  onPaletteChange(moduleName: string | undefined): void;
}

/**
 * `runtime-deploy` fires on every path (the editor's deploy button, `POST /flow`, a project change), but says nothing
 * of its kind; the runtime API, which the admin routes call, does. Call between init and start.
 */
export function watchDeploys(red: NodeRedApplication, listener: DeployListener): void {
  const { flows } = red.runtime;
  let type: DeployType | undefined;
  const remember = (
    method: 'setFlows' | 'addFlow' | 'updateFlow' | 'deleteFlow',
    typeOf: (options: SetFlowsOptions) => DeployType,
  ): void => {
    const original = flows[method].bind(flows);
    flows[method] = async (options) => {
      type = typeOf(options);
      try {
        return await original(options);
      } finally {
        type = undefined;
      }
    };
  };
  remember('setFlows', ({ deploymentType }) => deployTypes.find((known) => known === deploymentType) ?? 'full');
  // Node-RED itself saves single flows as a deploy of modified flows.
  for (const method of ['addFlow', 'updateFlow', 'deleteFlow'] as const) remember(method, () => 'flows');

  let first = true;
  red.events.on('runtime-event', (event: unknown) => {
    if (!isRecord(event) || typeof event['id'] !== 'string') return;
    if (event['id'] === 'runtime-deploy') {
      const kind = first ? 'load' : (type ?? 'full');
      first = false;
      listener.onDeploy(kind);
    }
    if (paletteEvents.has(event['id'])) listener.onPaletteChange(moduleOf(event['payload']));
  });
}

function moduleOf(payload: unknown): string | undefined {
  const info: unknown = Array.isArray(payload) ? payload[0] : payload;
  return isRecord(info) && typeof info['module'] === 'string' ? info['module'] : undefined;
}
