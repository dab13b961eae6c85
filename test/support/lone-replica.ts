import { type Clock, systemClock } from '../../packages/core/src/index.ts';
import { copyOf } from '../../packages/runtime/src/compartment/global-context/copy-of.ts';
import { GlobalReplica, type GlobalWrite } from '../../packages/runtime/src/compartment/global-context/replica.ts';
import { globalBounds } from '../../packages/runtime/src/protocol/global-bounds.ts';

/** A replica whose writes go nowhere. */
export function loneReplica(
  clock: Clock = systemClock,
  onSent: (write: GlobalWrite) => void = () => {},
): GlobalReplica {
  const replica = new GlobalReplica({
    clock,
    bounds: globalBounds,
    copy: copyOf,
    send(write) {
      onSent(write);
      return true;
    },
    tell: () => true,
    toldAll() {},
    nodeAtWork: () => undefined,
    warn() {},
  });
  replica.connected();
  replica.told(true);
  return replica;
}
