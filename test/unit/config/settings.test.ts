import { deepEqual, equal, match } from 'node:assert/strict';
import { childEnvironment, editorEnvironment } from '../../../packages/runtime/src/config/child-environment.ts';
import { choosePorts, wantedPorts } from '../../../packages/runtime/src/config/ports.ts';
import type { Configuration } from '../../../packages/runtime/src/config/schema.ts';
import { isLoopback, misspeltVariables, settle } from '../../../packages/runtime/src/config/settings.ts';
import { usualPrivilege } from '../../../packages/runtime/src/protocol/privilege.ts';
import { usualLimits } from '../../../packages/runtime/src/protocol/limits.ts';

const settled = (configuration: Configuration, environment: Record<string, string> = {}) => {
  const outcome = settle(configuration, environment);
  if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
  return outcome.value;
};
const refusals = (configuration: Configuration, environment: Record<string, string> = {}): readonly string[] => {
  const outcome = settle(configuration, environment);
  return outcome.ok ? [] : outcome.problems;
};
const metrics: 'login' | 'open' = 'login';
const login = { users: [{ username: 'a', password: 'x', permissions: '*' }], tokens: [], sessionHours: 168, metrics };

describe('settings', () => {
  it('have defaults for everything', () => {
    deepEqual(settled({}), {
      host: '127.0.0.1',
      port: 1880,
      hosts: [],
      login: null,
      mqtt: null,
      postgres: null,
      plant: { enabled: true, seed: 1 },
      demo: true,
      limits: usualLimits,
      cgroups: true,
      launcher: 'process',
      containers: {
        socket: '/var/run/docker.sock',
        image: 'bulkhead-compartment',
        network: 'host',
        address: '',
        pids: 512,
        mountInstallation: false,
      },
      spares: 1,
      onCrashLoop: 'quarantine',
      privilege: usualPrivilege,
      rules: { exclusive: [], shared: [], partition: { pins: {}, apart: [], dashboards: 'split' } },
      projects: false,
      palettes: [],
      env: [],
    });
  });

  it('take the environment before the file', () => {
    const { port, mqtt, plant, demo } = settled(
      { port: 1, mqtt: { url: 'mqtt://file', username: 'u' }, plant: { enabled: true }, demo: true },
      { BULKHEAD_PORT: '2', BULKHEAD_MQTT_URL: 'mqtt://env', BULKHEAD_PLANT: 'off', BULKHEAD_DEMO: '0' },
    );
    deepEqual([port, mqtt, plant.enabled, demo], [2, { url: 'mqtt://env', username: 'u' }, false, false]);
  });

  it('take an empty variable as not set', () => {
    equal(settled({ port: 1881 }, { BULKHEAD_PORT: ' ' }).port, 1881);
  });

  it('refuse a variable that makes no sense, by name', () => {
    match(refusals({}, { BULKHEAD_PORT: 'x' })[0] ?? '', /^BULKHEAD_PORT must be a whole number/);
    match(refusals({}, { BULKHEAD_DEMO: 'perhaps' })[0] ?? '', /^BULKHEAD_DEMO must be true or false/);
  });

  it('refuse to listen to everybody without a login, and say what to do', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'plant.example']) {
      match(refusals({ host })[0] ?? '', /without a login.*"login".*BULKHEAD_HOST=127\.0\.0\.1/);
      deepEqual(refusals({ host, login }), []);
    }
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1']) deepEqual(refusals({ host }), []);
    equal(isLoopback('127.0.0.1.example'), false);
  });

  it('notice a misspelt variable', () => {
    deepEqual(misspeltVariables({ BULKHEAD_PROT: '1', BULKHEAD_HOME: 'x', PATH: 'y' }), [
      'BULKHEAD_PROT in the environment is not read by Bulkhead; did you mean BULKHEAD_PORT?',
    ]);
  });
});

describe('the ports of the services', () => {
  const all = ['mqtt', 'postgres', 'opcua', 'modbusCapper', 'modbusLabeller'] as const;
  const taken =
    (...ports: number[]) =>
    (port: number) =>
      Promise.resolve(!ports.includes(port));

  it('are the wanted ones where free, else the next free one, never one twice', async () => {
    deepEqual(await choosePorts(all, {}, taken()), wantedPorts);
    deepEqual(await choosePorts(all, {}, taken(1883, 1884, 1502)), {
      ...wantedPorts,
      mqtt: 1885,
      modbusCapper: 1503,
      modbusLabeller: 1504,
    });
  });

  it('stay what they were', async () => {
    equal((await choosePorts(['mqtt'], { mqtt: 1885 }, taken(1883))).mqtt, 1885);
    equal((await choosePorts(['mqtt'], { mqtt: 1885 }, taken())).mqtt, 1885);
  });

  it('are waited for while an earlier run is still ending', async () => {
    let asked = 0;
    const freeAtLast = (): Promise<boolean> => Promise.resolve((asked += 1) > 3);
    equal((await choosePorts(['postgres'], { postgres: 5433 }, freeAtLast, 5000)).postgres, 5433);
  });
});

describe('the environment of children', () => {
  const environment = { PATH: '/bin', LC_ALL: 'C', SECRET: 'x', MINE: 'm', npm_config_registry: 'r', HTTPS_PROXY: 'p' };

  it('is an allow-list and what the user named', () => {
    deepEqual(childEnvironment(environment), { PATH: '/bin', LC_ALL: 'C', HTTPS_PROXY: 'p' });
    deepEqual(childEnvironment(environment, ['MINE'])['MINE'], 'm');
  });

  it('holds what npm needs for the editor alone', () => {
    equal(editorEnvironment(environment, [])['npm_config_registry'], 'r');
    equal('npm_config_registry' in childEnvironment(environment), false);
  });
});
