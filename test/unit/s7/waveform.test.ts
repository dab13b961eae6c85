import { deepEqual, equal, ok } from 'node:assert/strict';
import { readS7Read, type ReadTag } from '../../../nodes/s7/src/s7-read/config.ts';
import { cycleSamples } from '../../../nodes/s7/src/s7-read/samples.ts';

const topic = 'umh.v1.a._raw.wave';

function tagsOf(row: object): readonly ReadTag[] {
  const read = readS7Read({ tags: [{ topic, stepUs: '250', ...row }] }, new Map());
  if (!read.ok) throw new Error(read.problem);
  return read.config.tags;
}

describe('An array of an S7 with a step', () => {
  it('is one waveform instead of a tag for each of its values', () => {
    const tags = tagsOf({ address: 'DB1,REAL4.3', unit: 'g', scale: '2' });
    const bytes = Buffer.alloc(12);
    for (const [at, value] of [0.5, -1, 3].entries()) bytes.writeFloatBE(value, at * 4);
    const [sample, ...more] = cycleSamples(tags, [{ kind: 'bytes', bytes, at: 0 }], 1_000);
    deepEqual(
      [sample, more.length],
      [
        {
          topic,
          value: [1, -2, 6],
          quality: 'good',
          sourceTime: 1_000,
          stepUs: 250,
          unit: 'g',
          address: 'DB1,REAL4.3',
        },
        0,
      ],
    );
  });

  it('is bad as a whole when one of its points is no number', () => {
    const bytes = Buffer.alloc(16);
    bytes.writeDoubleBE(Number.NaN, 8);
    const [sample] = cycleSamples(tagsOf({ address: 'DB1,LREAL0.2' }), [{ kind: 'bytes', bytes, at: 0 }], 0);
    deepEqual([sample?.value, sample?.quality, sample?.code], [null, 'bad', 'not-a-number']);
  });

  const none: ReadonlyArray<[what: string, row: object]> = [
    ['no array', { address: 'DB1,REAL0' }],
    ['of 64-bit integers', { address: 'DB1,LINT0.4' }],
    ['of texts', { address: 'DB1.DBX0.0', type: 'ARRAY[0..3] OF STRING[4]' }],
    ['of bits', { address: 'DB1,X0.0.8' }],
  ];
  for (const [what, row] of none) {
    it(`is refused when it is ${what}`, () => {
      const read = readS7Read({ tags: [{ topic, stepUs: '250', ...row }] }, new Map());
      ok(!read.ok && read.problem.includes('is a waveform: leave its step empty'), JSON.stringify(read));
      equal(readS7Read({ tags: [{ topic, ...row }] }, new Map()).ok, true);
    });
  }
});
