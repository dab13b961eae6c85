/** What Node-RED loads as its flows: at its start, at "Restart Flows", and whenever another project, branch or version is there. */
import { errorText } from '../node-red/error-text.ts';
import type { FlowStorage, NodeRedApplication } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import { usableEntries, whatIsLeftOut } from './flow-file.ts';

/** Code of the error where no flows can be made of a flow file at all. */
export const unusableFlows = 'bulkhead-unusable-flows';

export interface LoadListener {
  canRead(entries: readonly unknown[]): boolean;
  /** One line of what was left out, each once. */
  onLeftOut(line: string): void;
  /** Nothing could be loaded, and Node-RED has no flows any more; one line of why. */
  onFailed(because: string): void;
}

/**
 * The flow file of a project comes and goes by Git while Node-RED runs, so what cannot be used is left out of what is read,
 * not of the file: that would be a change in Git which nobody made, and stand in the way of the next pull. Call between init
 * and start.
 */
export function watchLoads(red: NodeRedApplication, { canRead, onLeftOut, onFailed }: LoadListener): void {
  const { nodes, flows, storage } = red.runtime._;
  const read = storage.getFlows.bind(storage);
  let told = '';
  storage.getFlows = async () => {
    const stored = await read();
    const found = usableEntries(stored.flows, canRead);
    if ('problem' in found) throw Object.assign(new Error(found.problem), { code: unusableFlows });
    if (found.leftOut.length === 0) return stored;
    const line = `${fileIn(storage)} ${whatIsLeftOut(found.leftOut)}: all else runs, and the next deploy saves that alone`;
    if (line !== told) onLeftOut(line);
    told = line;
    return { ...stored, flows: found.entries };
  };
  const orSay = async (load: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await load();
    } catch (error) {
      onFailed(`${fileIn(storage)} cannot be loaded: ${reasonOf(error)}${wayOut(storage)}`);
      throw error;
    }
  };
  const load = nodes.loadFlows.bind(nodes);
  nodes.loadFlows = (forceStart) => orSay(() => load(forceStart));
  const reload = flows.loadFlows.bind(flows);
  flows.loadFlows = async (forceStart) => {
    // Of a file that cannot be read Node-RED would forget the flows that run, and take no deploy any more.
    await storage.getFlows();
    return orSay(() => reload(forceStart));
  };
}

function projectIn({ projects }: FlowStorage): string | undefined {
  const active = projects?.getActiveProject();
  return typeof active === 'string' ? active : active?.name;
}

function fileIn(storage: FlowStorage): string {
  const project = projectIn(storage);
  return project === undefined ? 'the flow file' : `the flow file of project "${project}"`;
}

const wayOut = (storage: FlowStorage): string =>
  projectIn(storage) === undefined ? '' : '; mend that in the editor, or make another project active';

const reasonOf = (error: unknown): string =>
  isRecord(error) && error['code'] === 'credentials_load_failed'
    ? 'its credentials cannot be decrypted with the key that it has'
    : errorText(error);
