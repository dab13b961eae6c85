import { deepEqual, equal } from 'node:assert/strict';
import { type Death, Poison } from '../../../packages/runtime/src/supervisor/crashes/poison.ts';

const noFile = { loaded: [], save() {}, saved: () => Promise.resolve() };

const deliver = (poison: Poison, body: string, url = '/a', method = 'POST'): string => {
  const { number, bodyHashed } = poison.begin(method, url);
  bodyHashed(body);
  return number;
};

const death = (at: number, flowsHash: string | null = 'flows', compartmentId = 'tab'): Death => ({
  compartmentId,
  flowsHash,
  at,
});
const hourMs = 60 * 60_000;

describe('requests that kill', () => {
  it('are set aside after three kills, by method, address and body', () => {
    const poison = new Poison(noFile);
    for (let kill = 1; kill <= 3; kill += 1) {
      equal(poison.refuse('POST', '/a', 'bad'), null);
      poison.killed(deliver(poison, 'bad'), death(kill));
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
    for (let times = 0; times < 5; times += 1) poison.killed(number, death(times));
    poison.killed('no number', death(9));
    equal(poison.setAside.length, 0);
  });

  it('are not confused with those of an earlier supervisor', () => {
    const [earlier, poison] = [new Poison(noFile), new Poison(noFile)];
    const number = deliver(earlier, 'bad');
    const own = deliver(poison, 'good');
    poison.killed(number, death(1));
    poison.killed(own, death(2));
    poison.killed(number, death(3));
    equal(own === number, false);
    equal(poison.setAside.length, 0);
  });

  it('count deaths that follow one another, not those of a whole day', () => {
    const poison = new Poison(noFile);
    for (const at of [0, 1, hourMs + 2, hourMs + 3]) poison.killed(deliver(poison, 'bad'), death(at));
    equal(poison.setAside.length, 0);
    poison.killed(deliver(poison, 'bad'), death(hourMs + 4));
    equal(poison.setAside.length, 1);
  });

  it('may pass once other flows are there, and once these are gone', () => {
    const poison = new Poison(noFile);
    for (const id of ['one', 'two'])
      for (let at = 0; at < 3; at += 1) poison.killed(deliver(poison, id), death(at, 'flows', id));
    poison.releaseOthers('one', 'flows');
    equal(poison.setAside.length, 2);
    poison.releaseOthers('one', 'mended');
    deepEqual(
      poison.setAside.map(({ compartmentId }) => compartmentId),
      ['two'],
    );
    poison.releaseOthers('two', null);
    equal(poison.setAside.length, 0);
  });

  it('count the same flows also before a supervisor that was restarted knows them', () => {
    const poison = new Poison(noFile);
    for (const flows of ['flows', null, 'flows']) poison.killed(deliver(poison, 'bad'), death(1, flows));
    equal(poison.setAside.length, 1);
  });

  it('that ended flows nobody knew yet are of those that are known first', () => {
    const poison = new Poison(noFile);
    for (let at = 0; at < 3; at += 1) poison.killed(deliver(poison, 'bad'), death(at, null));
    poison.releaseOthers('tab', 'flows');
    equal(poison.setAside.length, 1);
    poison.releaseOthers('tab', 'mended');
    equal(poison.setAside.length, 0);
  });

  it('are known to be answered once the whole answer has come', () => {
    const poison = new Poison(noFile);
    const { number, answered } = poison.begin('GET', '/a');
    equal(poison.wasAnswered(number), false);
    answered();
    equal(poison.wasAnswered(number), true);
  });

  it('are bounded, the oldest are forgotten', () => {
    const poison = new Poison(noFile);
    for (let n = 0; n < 1_000; n += 1)
      for (let kill = 0; kill < 3; kill += 1) poison.killed(deliver(poison, `body ${n}`), death(n));
    equal(poison.setAside.length, 200);
    equal(poison.refuse('POST', '/a', 'body 0'), null);
    equal(poison.refuse('POST', '/a', 'body 999')?.kills, 3);
  });
});
