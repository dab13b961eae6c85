import { deepEqual, equal } from 'node:assert/strict';
import { Poison } from '../../../packages/runtime/src/supervisor/crashes/poison.ts';

const noFile = { loaded: [], save() {}, saved: () => Promise.resolve() };

const deliver = (poison: Poison, body: string, url = '/a', method = 'POST'): string => {
  const { number, bodyHashed } = poison.begin(method, url);
  bodyHashed(body);
  return number;
};

describe('requests that kill', () => {
  it('are set aside after three kills, by method, address and body', () => {
    const poison = new Poison(noFile);
    for (let kill = 1; kill <= 3; kill += 1) {
      equal(poison.refuse('POST', '/a', 'bad'), null);
      poison.killed(deliver(poison, 'bad'), 'tab', kill);
    }
    equal(poison.refuse('POST', '/a', 'bad')?.kills, 3);
    for (const [method, url, body] of [
      ['PUT', '/a', 'bad'],
      ['POST', '/b', 'bad'],
      ['POST', '/a', 'good'],
    ] as const)
      equal(poison.refuse(method, url, body), null);
    deepEqual([poison.mayRefuse('POST', '/a'), poison.mayRefuse('POST', '/b')], [true, false]);
  });

  it('count one kill per delivery, and none that was never handed on', () => {
    const poison = new Poison(noFile);
    const number = deliver(poison, 'bad');
    for (let times = 0; times < 5; times += 1) poison.killed(number, 'tab', times);
    poison.killed('no number', 'tab', 9);
    equal(poison.setAside.length, 0);
  });

  it('are not confused with those of an earlier supervisor', () => {
    const [earlier, poison] = [new Poison(noFile), new Poison(noFile)];
    const number = deliver(earlier, 'bad');
    const own = deliver(poison, 'good');
    poison.killed(number, 'tab', 1);
    poison.killed(own, 'tab', 2);
    poison.killed(number, 'tab', 3);
    equal(own === number, false);
    equal(poison.setAside.length, 0);
  });

  it('are bounded, the oldest are forgotten', () => {
    const poison = new Poison(noFile);
    for (let n = 0; n < 1_000; n += 1)
      for (let kill = 0; kill < 3; kill += 1) poison.killed(deliver(poison, `body ${n}`), 'tab', n);
    equal(poison.setAside.length, 200);
    equal(poison.refuse('POST', '/a', 'body 0'), null);
    equal(poison.refuse('POST', '/a', 'body 999')?.kills, 3);
  });
});
