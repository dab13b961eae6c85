import { deepEqual, equal } from 'node:assert/strict';
import type { Enforcer } from '../../../packages/runtime/src/protocol/limits.ts';
import {
  afterCpuSample,
  type CpuShare,
  freeShare,
} from '../../../packages/runtime/src/supervisor/compartments/cpu-share.ts';
import { overLimit } from '../../../packages/runtime/src/supervisor/limit-watch.ts';

const after = (samples: readonly number[], by: Enforcer = 'watchdog', from: CpuShare = freeShare): CpuShare =>
  samples.reduce((share, percent) => afterCpuSample(share, percent, 50, by), from);

describe('the CPU share of a compartment', () => {
  it('may be exceeded for four seconds, not for five', () => {
    equal(after([90, 90, 90, 90]).limited, false);
    equal(after([90, 90, 90, 90, 90]).limited, true);
  });

  it('is used up by bursts that outweigh the rests', () => {
    equal(after([90, 90, 90, 10, 90, 90, 90]).limited, true);
    equal(after([90, 10, 90, 10, 90, 10, 90, 10, 90]).limited, false);
  });

  it('is free again after as long within it', () => {
    const limited = after([90, 90, 90, 90, 90]);
    equal(after([10, 10, 10, 10], 'watchdog', limited).limited, true);
    deepEqual(after([10, 10, 10, 10, 10], 'watchdog', limited), freeShare);
  });

  it('counts as used up at the share itself where the kernel holds it there', () => {
    equal(after([49, 49, 50, 49, 50], 'cgroup-v1').limited, true);
    equal(after([51, 51, 51, 51, 51, 51]).limited, false, 'the samples of a watchdog scatter');
  });
});

describe('a sample of a process', () => {
  const limits = { rssMb: 100, openFiles: 64 };
  const sample = { rssBytes: 100 * 2 ** 20, cpuPercent: 0, openFiles: 64 };

  it('at its limits is allowed, above them it has to end', () => {
    equal(overLimit(sample, limits), null);
    equal(overLimit({ ...sample, rssBytes: 101 * 2 ** 20 }, limits)?.reason, 'memory-limit');
    equal(overLimit({ ...sample, openFiles: 65 }, limits)?.reason, 'signal');
  });

  it('whose files may not be counted is not ended for them', () => {
    equal(overLimit({ ...sample, openFiles: null }, limits), null);
  });
});
