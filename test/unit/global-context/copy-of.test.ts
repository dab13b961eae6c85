import assert from 'node:assert/strict';
import { runInNewContext, runInThisContext } from 'node:vm';
import { copyOf } from '../../../packages/runtime/src/compartment/global-context/copy-of.ts';
import { decodeMessage } from '../../../packages/runtime/src/protocol/frame.ts';

/** As a function node makes it. */
const ofAnotherContext = (code: string): unknown => runInNewContext(code, { Buffer, URL });

const lacks = (value: unknown): string => {
  const copy = copyOf(value);
  return 'lacks' in copy ? copy.lacks : '';
};

const plain: readonly string[] = [
  '1n',
  '({ a: [1, , { b: undefined }], [Symbol.iterator]: 1 })',
  'new Map([[{ a: 1 }, new Set([new Date(0)])]])',
  'Buffer.from("abc")',
  'new Uint16Array([1, 2])',
  'new RangeError("of a flow")',
  'Object.assign(Object.create(null), { q: 1 })',
  '/a/g',
  'new Boolean(false)',
  '(() => { const circle = {}; circle.circle = [circle]; return circle; })()',
  'new (class Row { id = 1 })()',
];

const classes: readonly (readonly [code: string, says: RegExp])[] = [
  ['new (class Pump { speed() {} })()', /class Pump, whose methods/],
  ['({ pumps: [{ url: new URL("http://x/") }] })', /class URL \(at pumps\.0\.url\)/],
  ['new Map([["k", { inner: new (class Pump { get x() { return 1; } })() }]])', /class Pump/],
  ['new (class Sub extends (class Base { m() {} }) {})()', /class Base/],
  ['Object.create({ inherited() {} })', /without a name/],
];

describe('a copy of a value of the global context', () => {
  for (const make of [ofAnotherContext, (code: string): unknown => runInThisContext(code)]) {
    const where = make === ofAnotherContext ? 'a function node' : 'our own context';
    for (const code of plain) {
      it(`is made of ${code} from ${where}`, () => {
        const copy = copyOf(make(code));
        assert.ok('bytes' in copy, lacks(make(code)));
        assert.doesNotThrow(() => decodeMessage(copy.bytes));
      });
    }
    for (const [code, says] of classes) {
      it(`is not made of ${code} from ${where}`, () => assert.match(lacks(make(code)), says));
    }
  }

  it('is not made of functions, promises and what throws when it is read', () => {
    const throws = Object.defineProperty({}, 'x', { enumerable: true, get: () => assert.fail('of a flow') });
    for (const value of [() => {}, Promise.resolve(), new WeakMap(), throws])
      assert.match(lacks(value), /cannot be copied/);
  });
});
