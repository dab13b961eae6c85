import { equal } from 'node:assert/strict';
import { refusalText, withoutRangeText } from '../../../nodes/opcua/src/opcua-read/tag-problems.ts';
import type { Reading } from '../../../nodes/opcua/src/opcua-read/readings.ts';

const refused = (name: string): Reading => ({
  topic: name,
  address: `ns=1;s=${name}`,
  value: null,
  quality: 'bad',
  code: 0x8034_0000,
  sourceTime: 0,
});

describe('What a reading node says of its tags', () => {
  it('names the first of those that the server refuses, and how many there are', () => {
    equal(refusalText([], 3), undefined);
    equal(refusalText([refused('a')], 3), 'the tag ns=1;s=a (a) is not monitored: status 0x80340000');
    equal(
      refusalText([refused('a'), refused('b')], 3),
      '2 of 3 tags are not monitored, the first is ns=1;s=a (a): status 0x80340000',
    );
  });

  it('names the first of those that have a percentage of nothing', () => {
    equal(withoutRangeText([]), undefined);
    const what = 'a deadband in percent of a range that the server does not know';
    const remedy = 'every change is sent; give the range in the tag table';
    equal(withoutRangeText(['a']), `the tag a has ${what}: ${remedy}`);
    equal(withoutRangeText(['a', 'b']), `2 tags have ${what}, the first is a: ${remedy}`);
  });
});
