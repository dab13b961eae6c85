import { deepEqual, equal } from 'node:assert/strict';
import { createTimeline } from '../../../packages/plant/src/model/timeline.ts';

describe('the timeline of the plant', () => {
  it('stamps the changes of one tag with strictly rising milliseconds, also when time is squeezed', () => {
    const timeline = createTimeline(1000, 100, () => -Infinity);
    deepEqual(
      [0, 10, 20, 500, 501].map((at) => timeline.timeOf('a', at)),
      [1000, 1001, 1002, 1005, 1006],
    );
    equal(timeline.timeOf('b', 20), 1001);
  });

  it('never stamps a tag at or before its last time in an earlier life', () => {
    const timeline = createTimeline(1000, 1, () => 5000);
    equal(timeline.timeOf('a', 0), 5001);
  });

  it('puts off what comes after a slip', () => {
    const timeline = createTimeline(1000, 2, () => -Infinity);
    timeline.slip(300);
    equal(timeline.timeOf('a', 100), 1350);
    equal(timeline.simulatedAt(1350), 100);
  });
});
