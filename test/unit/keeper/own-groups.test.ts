import { deepEqual } from 'node:assert/strict';
import { ownGroups } from '../../../packages/runtime/src/keeper/own-groups.ts';

const of = (cgroup: string, mountinfo: string) => Object.fromEntries(ownGroups(cgroup, mountinfo));
const v1 = (controllers: string, root = '/', point = `/sys/fs/cgroup/${controllers}`): string =>
  `35 31 0:32 ${root} ${point} rw,relatime shared:9 - cgroup cgroup rw,${controllers}`;
const v2 = (root = '/', point = '/sys/fs/cgroup'): string =>
  `30 23 0:26 ${root} ${point} rw - cgroup2 cgroup2 rw,nsdelegate`;

describe('the own control groups', () => {
  it('of version 2 are one folder for all controllers', () => {
    const own = { version: 2, directory: '/sys/fs/cgroup/system.slice/bulkhead.service' };
    deepEqual(of('0::/system.slice/bulkhead.service\n', v2()), { memory: own, cpu: own, pids: own });
  });

  it('of version 1 are one folder for each hierarchy, and those of the root are its mount', () => {
    deepEqual(of('4:memory:/a/b\n2:cpu,cpuacct:/\n', [v1('memory'), v1('cpu,cpuacct')].join('\n')), {
      memory: { version: 1, directory: '/sys/fs/cgroup/memory/a/b' },
      cpu: { version: 1, directory: '/sys/fs/cgroup/cpu,cpuacct' },
    });
  });

  it('of both at once: what version 1 holds is there, the rest is looked for in version 2', () => {
    deepEqual(of('0::/x\n4:memory:/a\n', [v2('/', '/sys/fs/cgroup/unified'), v1('memory')].join('\n')), {
      memory: { version: 1, directory: '/sys/fs/cgroup/memory/a' },
      cpu: { version: 2, directory: '/sys/fs/cgroup/unified/x' },
      pids: { version: 2, directory: '/sys/fs/cgroup/unified/x' },
    });
    deepEqual(of('4:memory:/a\n0::/x\n', [v1('memory'), v2()].join('\n'))['memory'], {
      version: 1,
      directory: '/sys/fs/cgroup/memory/a',
    });
  });

  it('in a container whose mount shows a part of the tree lie below that part', () => {
    const own = { version: 1, directory: '/sys/fs/cgroup/memory/inner' };
    deepEqual(of('4:memory:/docker/abc/inner\n', v1('memory', '/docker/abc')), { memory: own });
    deepEqual(of('4:memory:/docker/abcd\n', v1('memory', '/docker/abc')), {}, 'elsewhere');
  });

  it('are none where there are none', () => {
    deepEqual(of('', ''), {});
    deepEqual(of('0::/x\n', '22 1 8:1 / / rw - ext4 /dev/sda1 rw'), {});
  });
});
