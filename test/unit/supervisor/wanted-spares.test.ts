import { deepEqual, equal, notEqual } from 'node:assert/strict';
import type { ChildSpec, PaletteEntry } from '../../../packages/runtime/src/protocol/messages.ts';
import { startClass } from '../../../packages/runtime/src/supervisor/spares/spare-spec.ts';
import { type Standing, wantedSpares } from '../../../packages/runtime/src/supervisor/spares/wanted-spares.ts';

const spec = (heapMb: number, name = 'c'): ChildSpec => ({
  name,
  role: 'compartment',
  command: 'node',
  args: [`--max-old-space-size=${heapMb}`],
  cwd: '/',
  env: { B: '2', A: '1' },
  boot: { token: name },
  restart: 'none',
});
const set = (name: string, module = 'node-red', enabled = true): PaletteEntry => ({
  module,
  set: name,
  types: [name],
  file: `/${name}.js`,
  enabled,
});
const standing = (compartmentId: string, heapMb: number, sets: readonly PaletteEntry[], own = false): Standing => ({
  compartmentId,
  spec: spec(heapMb, compartmentId),
  palette: sets,
  userDir: '/u',
  own,
});

describe('the spares that a house wants', () => {
  const cases: readonly { name: string; standings: readonly Standing[]; shared: boolean; sets: string[][] }[] = [
    { name: 'none without compartments', standings: [], shared: true, sets: [] },
    { name: 'none when they are turned off', standings: [standing('a', 256, [])], shared: false, sets: [] },
    {
      name: 'one of the class that most have, with core sets only, the most used first',
      standings: [
        standing('a', 512, [set('mqtt')]),
        standing('b', 256, [set('inject'), set('s7', 'palette'), set('off', 'node-red', false)]),
        standing('c', 256, [set('debug')]),
        standing('d', 256, [set('debug')]),
      ],
      shared: true,
      sets: [['debug', 'mqtt', 'inject']],
    },
    {
      name: 'its own, with all its palettes, for who asks for it, also when shared ones are off',
      standings: [standing('a', 256, [set('inject'), set('s7', 'palette')], true), standing('b', 256, [])],
      shared: false,
      sets: [['inject', 's7']],
    },
  ];
  for (const { name, standings, shared, sets } of cases) {
    it(name, () =>
      deepEqual(
        wantedSpares(standings, shared).map(({ palette }) => palette.map((entry) => entry.set)),
        sets,
      ),
    );
  }

  it('the class of a start is all that cannot be changed later, and nothing else', () => {
    equal(startClass(spec(256, 'a')), startClass({ ...spec(256, 'b'), env: { A: '1', B: '2' }, hangLimitMs: 1 }));
    notEqual(startClass(spec(256)), startClass(spec(257)));
    notEqual(startClass(spec(256)), startClass({ ...spec(256), env: { A: '1' } }));
    notEqual(startClass(spec(256)), startClass({ ...spec(256), uid: 1 }));
  });
});
