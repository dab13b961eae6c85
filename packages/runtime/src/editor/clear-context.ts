import { errorText } from '../node-red/error-text.ts';
import type { NodeRedApplication } from '../node-red/internals.ts';

/** The tabs have up to five seconds to end, and there may be many. */
const limitMs = 60_000;

/**
 * "Clear context" of the dialog that makes another project active: all contexts are emptied, and those are where the flows
 * run. The project is the active one by then, so its flows come in any case. Call between init and start.
 */
export function clearContextsEverywhere(
  red: NodeRedApplication,
  clear: (timeoutMs: number) => Promise<unknown>,
  say: (line: string) => void,
): void {
  const { nodes } = red.runtime._;
  const own = nodes.clearContext.bind(nodes);
  nodes.clearContext = async () => {
    await own();
    await clear(limitMs).catch((error: unknown) => say(`the context was not cleared: ${errorText(error)}`));
  };
}
