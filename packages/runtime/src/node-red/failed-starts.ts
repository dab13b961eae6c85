/**
 * What Node-RED could not start. It prints the error, goes on with the rest and then says that the flows run; only here
 * is it known which tab or which instance of a subflow stands still.
 */
import type { FlowNode } from '../protocol/messages.ts';
import { errorText } from './error-text.ts';
import { type FlowMaker, loadFlowMakers, type StartedFlow } from './internals.ts';

export interface FailedStart {
  /** Of the tab, or of the instance of a subflow; `global` for the config nodes of all tabs. */
  readonly id: string;
  readonly because: string;
}

/** Inside a subflow the instance of another has an id of its own; people know the one it was drawn with. */
const drawnId = (instance?: FlowNode): string => {
  const alias = instance?.['_alias'];
  return typeof alias === 'string' ? alias : (instance?.id ?? 'global');
};

/** Watches every start of this process from now on; returns those that failed and were not made good since. */
export function watchFailedStarts(): () => readonly FailedStart[] {
  const failed = new Map<string, FailedStart>();
  const noted = new WeakSet<object>();
  const note = (id: string, error: unknown): void => {
    // What a subflow throws may come by its tab too; the innermost is told.
    if (typeof error === 'object' && error !== null) {
      if (noted.has(error)) return;
      noted.add(error);
    }
    failed.set(id, { id, because: errorText(error) });
  };
  const watch = (maker: FlowMaker, idOf: (args: Parameters<FlowMaker['create']>) => string): void => {
    const create = maker.create;
    maker.create = (...args) => {
      const id = idOf(args);
      failed.delete(id);
      let made: StartedFlow;
      try {
        made = create(...args);
      } catch (error) {
        note(id, error);
        throw error;
      }
      const start = made.start;
      made.start = async function (diff) {
        failed.delete(id);
        try {
          await start.call(this, diff);
        } catch (error) {
          note(id, error);
          throw error;
        }
      };
      return made;
    };
  };
  const { tabs, subflows } = loadFlowMakers();
  watch(tabs, ([, , tab]) => tab?.id ?? 'global');
  watch(subflows, ([, , , instance]) => drawnId(instance));
  return () => [...failed.values()];
}
