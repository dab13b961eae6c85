import { deepEqual, equal } from 'node:assert/strict';
import { endpointRotation } from '../../../nodes/opcua/src/opcua-connection/endpoint-rotation.ts';

const backOff = { firstMs: 100, factor: 2, maxMs: 1_000, jitter: 0 };

describe('Endpoints of a redundant OPC UA server', () => {
  it('are tried in their order, and all of them before the wait gets longer', () => {
    const rotation = endpointRotation(['a', 'b'], backOff, () => 0);
    const tried = Array.from({ length: 6 }, () => [rotation.current, rotation.failed()]);
    deepEqual(tried, [
      ['a', 100],
      ['b', 100],
      ['a', 200],
      ['b', 200],
      ['a', 400],
      ['b', 400],
    ]);
  });

  it('are kept while they work, and left for the next one at once when they fail', () => {
    const rotation = endpointRotation(['a', 'b', 'c'], backOff, () => 0);
    rotation.failed();
    rotation.worked();
    equal(rotation.current, 'b');
    equal(rotation.failed(), 100);
    equal(rotation.current, 'c');
  });

  it('are only one for a server alone, with a wait that gets longer', () => {
    const rotation = endpointRotation(['a'], backOff, () => 0);
    deepEqual([rotation.failed(), rotation.failed(), rotation.current], [100, 200, 'a']);
  });
});
