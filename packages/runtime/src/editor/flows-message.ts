import { errorText } from '../node-red/error-text.ts';
import { loadRegistry, loadRegistryStore, type NodeRedApplication } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import type { Credentials, DeployType, FlowNode, FromEditor } from '../protocol/messages.ts';
import { runnableEntries } from './flow-entries.ts';
import { listPalette } from './palette-list.ts';

/** What the supervisor is told after a deploy; undefined as long as Node-RED has not read its flow file. */
export function flowsMessage(
  red: NodeRedApplication,
  deployType: DeployType,
  userDir: string,
): Extract<FromEditor, { type: 'flows' }> | undefined {
  const active = red.nodes.getFlows();
  if (active === null) return undefined;
  const { flows, leftOut } = runnableEntries(active.flows);
  if (leftOut > 0) console.error(`left out of the flows: ${leftOut} (no node, or an id that is there twice)`);
  return {
    type: 'flows',
    flows,
    credentials: credentialsOf(red, flows),
    rev: active.rev,
    deployType,
    palette: listPalette(loadRegistryStore().getModuleList()),
    userDir,
  };
}

/** Two deploys that are sent as one: what restarts more wins. Pure. */
export function strongerDeploy(a: DeployType | undefined, b: DeployType): DeployType {
  const order: readonly DeployType[] = ['load', 'nodes', 'flows', 'full', 'reload'];
  return a === undefined || order.indexOf(b) > order.indexOf(a) ? b : a;
}

type Flows = readonly FlowNode[];

/** Only here npm may run: compartments find the modules in the user directory, installed. */
export async function installFunctionModules(flows: Flows): Promise<void> {
  try {
    await loadRegistry().checkFlowDependencies(flows);
  } catch (errors) {
    for (const failed of Array.isArray(errors) ? errors.filter(isRecord) : []) {
      const module = isRecord(failed['module']) ? String(failed['module']['spec'] ?? failed['module']['module']) : '?';
      console.error(
        `npm module ${module}, which a function node imports, could not be installed: ${errorText(failed['error'])}`,
      );
    }
  }
}

function credentialsOf(red: NodeRedApplication, flows: Flows): Record<string, Credentials> {
  return Object.fromEntries(
    flows.flatMap(({ id }) => {
      const own = red.nodes.getCredentials(id);
      return own !== undefined && Object.keys(own).length > 0 ? [[id, structuredClone(own)]] : [];
    }),
  );
}
