import { deepEqual } from 'node:assert/strict';
import { deserialize, serialize } from 'node:v8';
import { globalBounds } from '../../../packages/runtime/src/protocol/global-bounds.ts';
import type { GlobalNews } from '../../../packages/runtime/src/protocol/messages.ts';
import { GlobalHub } from '../../../packages/runtime/src/supervisor/global-context/hub.ts';

describe('a global context that was cleared', () => {
  it('is empty for whoever comes, also where one that has ended is heard late', () => {
    const hub = new GlobalHub({
      bounds: globalBounds,
      now: () => 0,
      firstVersion: 1,
      onContention: () => {},
      onChanged: () => {},
    });
    const join = (pid: number) => {
      const told: GlobalNews[] = [];
      const member = hub.join('a', pid, {
        send(news) {
          told.push(...news);
          return 0;
        },
        told: () => {},
      });
      const write = (key: string): void => member.write({ store: 'file', key, base: 0, bytes: serialize(key) });
      return { told, write, leave: () => member.leave() };
    };
    const before = join(1);
    before.write('x');
    before.write('y');
    hub.clear();
    before.write('late');
    before.leave();
    const after = join(2);
    deepEqual([hub.keys, hub.bytes, hub.snapshot(), after.told], [0, 0, [], []]);
    after.write('x');
    deepEqual(
      hub.snapshot().map(({ key, bytes }): unknown[] => [key, bytes && deserialize(bytes)]),
      [['x', 'x']],
    );
  });
});
