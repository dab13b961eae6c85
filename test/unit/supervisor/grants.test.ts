import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as v from 'valibot';
import type { FlowNode } from '../../../packages/runtime/src/protocol/messages.ts';
import { type Privilege, usualPrivilege } from '../../../packages/runtime/src/protocol/privilege.ts';
import { permissionArguments } from '../../../packages/runtime/src/supervisor/permission-arguments.ts';
import {
  covers,
  type Grants,
  grantsKey,
  grantsOf,
  plainGrants,
} from '../../../packages/runtime/src/supervisor/plan/grants.ts';
import { needsOf } from '../../../packages/runtime/src/supervisor/plan/node-needs.ts';

const manifestSchema = v.object({ 'node-red': v.object({ nodes: v.record(v.string(), v.string()) }) });
const require = createRequire(import.meta.url);
const places = { workingDirectory: '/home', userDir: '/home/editor' };
const node = (type: string, more: Record<string, unknown> = {}): FlowNode => ({ id: type, type, z: 't', ...more });
const strict: Privilege = { ...usualPrivilege, mode: 'strict' };
const grants = (flows: readonly FlowNode[], privilege = usualPrivilege): Grants =>
  grantsOf({ flows, userDir: places.userDir }, privilege, places.workingDirectory);
const lib = (module: string) => node('function', { name: 'f', libs: [{ var: 'x', module }] });

describe('what the nodes of a slice need', () => {
  it('of an OPC UA connection is the folder of keys that the house shares, and the files of its user', () => {
    const folder = [
      { kind: 'read', path: '/home/editor/opcua-pki' },
      { kind: 'write', path: '/home/editor/opcua-pki' },
    ];
    deepEqual(needsOf(node('opcua-connection', { userKeyFile: 'user.key' }), places), folder);
    const files = { userCertificateFrom: 'file', userCertificateFile: '/keys/user.crt', userKeyFile: 'user.key' };
    deepEqual(needsOf(node('opcua-connection', files), places), [
      ...folder,
      { kind: 'read', path: '/keys/user.crt' },
      { kind: 'read', path: '/home/user.key' },
    ]);
  });

  it('is known of every core node and of every node of our palettes', () => {
    const core = path.join(path.dirname(require.resolve('@node-red/nodes/package.json')), 'core');
    const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    const registered = files.flatMap((file) =>
      [...readFileSync(path.join(core, file), 'utf8').matchAll(/registerType\(\s*["']([^"']+)["']/g)].map(
        ([, type]) => type,
      ),
    );
    const own = readdirSync(path.resolve('nodes')).flatMap((palette) => {
      const manifest = v.parse(manifestSchema, JSON.parse(readFileSync(`nodes/${palette}/package.json`, 'utf8')));
      return Object.keys(manifest['node-red'].nodes);
    });
    const types = [...registered, ...own].filter((type) => type !== undefined);
    equal(types.length > 50, true);
    const unknown = types.filter((type) => needsOf(node(type), places).some(({ kind }) => kind === 'unknown'));
    deepEqual(unknown, []);
  });

  it('are the files that they name, relative ones from the home on', () => {
    const { read, write } = grants([
      node('file', { filename: 'out/a.log', filenameType: 'str' }),
      node('file in', { filename: '/data/b.csv', filenameType: 'str' }),
      node('watch', { files: '/in, /also' }),
      node('tls-config', { ca: '/etc/ca.pem', cert: '', key: '' }),
    ]);
    deepEqual(write, ['/home/out/a.log']);
    deepEqual(read, ['/also', '/data/b.csv', '/etc/ca.pem', '/home/out/a.log', '/in']);
  });

  it('is anything where a message or the environment names the file, but in strict nothing', () => {
    for (const dynamic of [
      node('file', { filename: 'payload', filenameType: 'msg' }),
      node('file', { filename: '' }),
      node('file', { filename: '${LOGS}/a', filenameType: 'str' }),
    ]) {
      deepEqual(grants([dynamic]).write, ['*']);
      deepEqual(grants([dynamic], strict).write, []);
    }
  });

  it('is the native part of a library where Modbus is spoken over a serial line', () => {
    for (const type of ['modbus-connection', 'modbus-server']) {
      deepEqual(grants([node(type, { mode: 'rtu' })]).allow, ['addons']);
      deepEqual(grants([node(type, { mode: 'tcp' })]), plainGrants);
    }
  });

  it('is what the modules of a function do', () => {
    deepEqual(grants([lib('path')]), plainGrants);
    deepEqual(grants([lib('node:fs')]).write, ['*']);
    deepEqual(grants([lib('child_process')]).allow, ['child-process']);
    match(grants([lib('left-pad')]).unconfinedBecause ?? '', /function "f" uses the module left-pad/);
    equal(grants([lib('left-pad')], strict).unconfinedBecause, null);
  });

  it('is unknown of other types, unless they are disabled or the mode is strict', () => {
    match(grants([node('gpio out')]).unconfinedBecause ?? '', /"gpio out"/);
    equal(grants([node('gpio out', { d: true })]).unconfinedBecause, null);
    equal(grants([node('gpio out')], strict).unconfinedBecause, null);
  });

  it('is joined with what a person grants, and is nothing where privilege is off', () => {
    const granted: Privilege = { mode: 'strict', read: ['data'], write: ['/out'], allow: ['addons'] };
    deepEqual(grants([node('inject')], granted), {
      unconfinedBecause: null,
      read: ['/home/data', '/out'],
      write: ['/out'],
      allow: ['addons'],
      confinesChildren: true,
    });
    notEqual(grants([node('inject')], { ...usualPrivilege, mode: 'off' }).unconfinedBecause, null);
  });
});

describe('a process that was started with some grants', () => {
  const can = (have: Partial<Grants>, need: Partial<Grants>): boolean =>
    covers({ ...plainGrants, ...have }, { ...plainGrants, ...need });

  it('may run what needs less, not what needs more', () => {
    equal(can({ read: ['/a'] }, {}), true);
    equal(can({}, { read: ['/a'] }), false);
    equal(can({ write: ['/a'] }, { write: ['/a/b'] }), true);
    equal(can({ write: ['/a'] }, { write: ['/ab'] }), false);
    equal(can({ write: ['*'] }, { write: ['/a'] }), true);
    equal(can({ write: ['/'] }, { write: ['*'] }), false);
    equal(can({}, { allow: ['worker'] }), false);
  });

  it('is started anew for what must not be confined, and for what must', () => {
    equal(can({}, { unconfinedBecause: 'x' }), false);
    equal(can({ unconfinedBecause: 'x' }, {}), false);
    equal(can({ unconfinedBecause: 'x' }, { unconfinedBecause: 'y' }), true);
  });

  it('has a key that is equal for equal grants', () => {
    equal(grantsKey(grants([node('inject')])), grantsKey(plainGrants));
    notEqual(grantsKey(grants([node('exec')])), grantsKey(plainGrants));
  });
});

describe('the arguments of a compartment', () => {
  const own = {
    program: '/app/packages/runtime/dist/compartment.js',
    nodesDirs: ['/app/nodes'],
    userDir: '/app/.bulkhead/editor',
    own: '/app/.bulkhead/compartments/t',
  };

  it('let it read code and its own folder, and write into that alone', () => {
    const args = permissionArguments(plainGrants, own);
    equal(args[0], '--permission');
    deepEqual(
      args.filter((argument) => argument.startsWith('--allow-fs-write=')),
      ['/app/.bulkhead/compartments/t', '/app/.bulkhead/compartments/t/*'].map((file) => `--allow-fs-write=${file}`),
    );
    const reads = args.filter((argument) => argument.startsWith('--allow-fs-read=')).map((a) => a.slice(16));
    const readable = (file: string): boolean =>
      reads.some((granted) => granted === file || (granted.endsWith('*') && file.startsWith(granted.slice(0, -1))));
    equal(readable('/app/node_modules/node-red/package.json'), true);
    equal(readable('/app/.bulkhead/editor/node_modules/x/x.js'), true);
    for (const secret of ['secrets.json', 'editor/flows_cred.json', 'editor/.config.runtime.json', 'running.json'])
      equal(readable(`/app/.bulkhead/${secret}`), false, secret);
  });

  it('are none for a process that is not confined', () => {
    deepEqual(permissionArguments({ ...plainGrants, unconfinedBecause: 'x' }, own), []);
  });
});
