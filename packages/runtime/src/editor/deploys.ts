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
  /** Deploys that were asked for and not told of yet, in their order: Node-RED does one after the other. */
  const asked: { readonly type: DeployType }[] = [];
  const remember = (
    method: 'setFlows' | 'addFlow' | 'updateFlow' | 'deleteFlow',
    typeOf: (options: SetFlowsOptions) => DeployType,
  ): void => {
    const original = flows[method].bind(flows);
    flows[method] = async (options) => {
      const deploy = { type: typeOf(options) };
      asked.push(deploy);
      try {
        // "Restart flows" resolves before its `runtime-deploy`, all others after it.
        return await original(options);
      } catch (error) {
        const index = asked.indexOf(deploy);
        if (index >= 0) asked.splice(index, 1);
        throw error;
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
      const kind = first ? 'load' : (asked.shift()?.type ?? 'full');
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
