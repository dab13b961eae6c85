import assert from 'node:assert/strict';
import type { ContainerBoot, SupervisorBoot } from '../../../packages/runtime/src/protocol/boot.ts';
import { createRequest } from '../../../packages/runtime/src/container/create-request.ts';
import { parseConfiguration } from '../../../packages/runtime/src/config/configuration-file.ts';
import { settle } from '../../../packages/runtime/src/config/settings.ts';
import { partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';

const engine: SupervisorBoot['containers'] = {
  ...{ socket: '/s', image: 'bulkhead-compartment', network: 'host', address: '', pids: 512, mountInstallation: false },
};
const boot: ContainerBoot = {
  engine,
  ...{ name: 'bulkhead-1', house: '/home', run: '/run/b', compartmentName: 'tab', installation: '/app' },
  ...{ program: 'packages/runtime/dist/compartment.js', nodeArguments: ['--max-old-space-size=256'] },
  env: { TZ: 'UTC' },
  ...{ memoryMb: 300, cpuPercent: 150, openFiles: 4096, directory: '/home/c', runDirectory: '/run/b' },
  ...{ supervisorSocket: '/run/b/s', httpSocket: '/run/b/h', linkSocket: '/run/b/l', palettes: [] },
  compartment: { id: 'tab', token: 'the token' },
};
const request = (more: Partial<ContainerBoot> = {}) =>
  createRequest({ ...boot, ...more }, { bootFolder: '/run/b/boot', user: '1000:1000', palettes: ['/palettes'] });

describe('what is asked of the engine for a compartment', () => {
  it('is a container that may do nothing but run its flows', () => {
    const { User, HostConfig } = request();
    assert.equal(User, '1000:1000');
    const { ReadonlyRootfs, CapDrop, SecurityOpt, Memory, MemorySwap, NanoCpus, PidsLimit, Init } = HostConfig;
    assert.deepEqual(
      { ReadonlyRootfs, CapDrop, SecurityOpt, Memory, MemorySwap, NanoCpus, PidsLimit, Init },
      {
        ...{ ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], Init: true },
        ...{ Memory: 300 * 2 ** 20, MemorySwap: 300 * 2 ** 20, NanoCpus: 1.5e9, PidsLimit: 512 },
      },
    );
  });

  it('shares nothing that can be written but its own directory, and carries no secret', () => {
    const all = request();
    const writable = all.HostConfig.Mounts.filter(({ ReadOnly }) => !ReadOnly).map(({ Target }) => Target);
    assert.deepEqual(writable, ['/home/c']);
    assert.ok(!JSON.stringify(all).includes('the token'));
  });

  it('has the runtime of the image, or that of this installation', () => {
    const mounted = (more: Partial<ContainerBoot>): boolean =>
      request(more).HostConfig.Mounts.some(({ Target }) => Target === '/opt/bulkhead');
    assert.equal(mounted({}), false);
    assert.equal(mounted({ engine: { ...engine, mountInstallation: true } }), true);
    assert.equal(request().Cmd.at(-2), '/opt/bulkhead/packages/runtime/dist/compartment.js');
  });
});

describe('the launcher', () => {
  const settled = (yaml: string) => {
    const parsed = parseConfiguration('bulkhead.yaml', yaml);
    return parsed.ok ? settle(parsed.value, {}) : parsed;
  };

  it('is a process where nothing else is said, and what bulkhead.yaml says', () => {
    const [usual, other] = [settled(''), settled('launcher: container\ncontainer: { network: plant }')];
    assert.ok(usual.ok && other.ok);
    assert.equal(usual.value.launcher, 'process');
    assert.equal(other.value.launcher, 'container');
    assert.equal(other.value.containers.network, 'plant');
    assert.equal(other.value.containers.socket, '/var/run/docker.sock');
  });

  it('is refused where it is none', () => {
    const wrong = settled('launcher: pod');
    assert.ok(!wrong.ok);
    assert.match(wrong.problems.join(), /"launcher" must be process or container/);
  });

  it('is what a tab asks for; of tabs that run together, the stronger wall', () => {
    const tab = (id: string, launcher?: string) => ({
      ...{ id, type: 'tab', label: id },
      env: [
        { name: 'BULKHEAD_COMPARTMENT', value: id === 'alone' ? '' : 'both', type: 'str' },
        ...(launcher === undefined ? [] : [{ name: 'BULKHEAD_LAUNCHER', value: launcher, type: 'str' }]),
      ],
    });
    const { compartments } = partition([tab('a', 'process'), tab('b', 'container'), tab('alone')]);
    assert.deepEqual(
      compartments.map(({ id, launcher }) => [id, launcher]),
      [
        ['a', 'container'],
        ['alone', undefined],
      ],
    );
  });
});
