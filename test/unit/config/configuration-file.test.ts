import { deepEqual, equal } from 'node:assert/strict';
import { parseConfiguration } from '../../../packages/runtime/src/config/configuration-file.ts';

const problems = (source: string): readonly string[] => {
  const outcome = parseConfiguration('bulkhead.yaml', source);
  return outcome.ok ? [] : outcome.problems;
};
const hash = `$2b$08$${'a'.repeat(53)}`;

describe('bulkhead.yaml', () => {
  it('may be empty, or hold comments only', () => {
    for (const source of ['', '# nothing yet\n', '{}'])
      deepEqual(parseConfiguration('f', source), { ok: true, value: {} });
  });

  it('is read with its defaults', () => {
    const outcome = parseConfiguration(
      'f',
      `port: 1881\nlogin:\n  users:\n    - username: ada\n      password: ${hash}\npostgres:\n  host: db\n`,
    );
    deepEqual(outcome, {
      ok: true,
      value: {
        port: 1881,
        login: {
          users: [{ username: 'ada', password: hash, permissions: '*' }],
          tokens: [],
          sessionHours: 168,
          metrics: 'login',
        },
        postgres: { host: 'db', port: 5432, database: 'bulkhead', user: 'bulkhead' },
      },
    });
  });

  const table: readonly (readonly [string, string, string])[] = [
    ['an unknown key', 'host: 127.0.0.1\nprot: 1880\n', 'bulkhead.yaml:2: unknown key "prot"; did you mean "port"?'],
    [
      'an unknown key deep down',
      'mqtt:\n  url: mqtt://b\n  pasword_file: x\n',
      'bulkhead.yaml:3: unknown key "mqtt.pasword_file"; did you mean "passwordFile"?',
    ],
    [
      'an unknown key in a list',
      `login:\n  users:\n    - username: a\n      password: ${hash}\n      permission: read\n`,
      'bulkhead.yaml:5: unknown key "login.users.0.permission"; did you mean "permissions"?',
    ],
    [
      'a key that is like no other',
      'plant:\n  colour: red\n',
      'bulkhead.yaml:2: unknown key "plant.colour"; known keys are enabled, seed',
    ],
    ['a wrong type', 'port: many\n', 'bulkhead.yaml:1: "port" must be a port number'],
    ['a port out of range', '\nport: 70000\n', 'bulkhead.yaml:2: "port" must be a port number, 0 to 65535'],
    ['a limit out of range', 'limits:\n  heapMb: 1\n', 'bulkhead.yaml:2: "limits.heapMb" must be at least 32 MB'],
    [
      'another way to run dashboards than there is',
      'partition:\n  dashboards: apart\n',
      'bulkhead.yaml:2: "partition.dashboards" must be "split" or "with-tabs"',
    ],
    [
      'one tab where tabs are listed',
      'partition:\n  pins:\n    line: Filler\n',
      'bulkhead.yaml:3: "partition.pins.line" must be a list of tab labels or ids',
    ],
    [
      'a type that is no list',
      'exclusive: serial-port\n',
      'bulkhead.yaml:1: "exclusive" must be a list of types of config nodes',
    ],
    ['a missing key', 'mqtt:\n  username: x\n', 'bulkhead.yaml:1: "mqtt.url" is missing'],
    ['a list instead of keys', '- a\n', 'bulkhead.yaml:1: must hold keys and values, not a list'],
    ['a list further down', 'mqtt: [a]\n', 'bulkhead.yaml:1: "mqtt" must hold keys and values, not a list'],
    ['broken YAML', 'host: [a\nport: 1\n', 'bulkhead.yaml:2: not valid YAML (bad indent)'],
  ];
  for (const [what, source, line] of table) {
    it(`with ${what} is refused with line and hint`, () => {
      equal(problems(source)[0], line);
    });
  }

  it('reports several faults at once, one line each', () => {
    equal(problems('port: x\ndemo: maybe\nhots: []\n').length, 3);
  });

  it('never shows a value: it may be a secret in the wrong place', () => {
    const secret = 'hunter2hunter2';
    for (const source of [
      `mqtt:\n  url: mqtt://me:${secret}@broker\n`,
      `login:\n  users:\n    - {username: a, password: ${secret}}\n`,
      `port: ${secret}\n`,
      `demo: *${secret}\n`,
      `postgres: ${secret}\n`,
      `postgres: "${secret}\n`,
    ]) {
      const lines = problems(source);
      equal(lines.length > 0, true, source);
      equal(lines.join('\n').includes(secret), false, lines.join('\n'));
    }
  });
});
