import type { NodeStatus } from 'node-red';

/** What a node that reads a plant shows of itself. */
export type SourceView =
  | { kind: 'not-configured' }
  | { kind: 'not-connected' }
  | { kind: 'connecting' }
  | { kind: 'retrying'; retryInMs: number /** Since the last value. */; ageMs?: number }
  | { kind: 'stopped' }
  | {
      kind: 'receiving';
      tags: number;
      perSecond: number;
      /** Since the last value; absent when there was none yet. */
      ageMs?: number;
      /** From this age on the last value is said to be that old; absent: 10 s. */
      silentFromMs?: number;
      /** Silence is to be expected: the far side was heard, it only has nothing new. */
      isAlive: boolean;
      /** Of several that could be used, the one that is. */
      where?: string;
      /** What is or recently was wrong: keys below `status.trouble` with their counts. */
      troubles: ReadonlyArray<{ key: string; count: number }>;
    };

export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** From here on the age of the last value says more than a rate does. */
const silenceMs = 10_000;

function rateText(perSecond: number): string {
  if (perSecond >= 10) return perSecond.toFixed(0);
  return perSecond.toFixed(1).replace(/\.0$/, '');
}

function ageText(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/**
 * Status of a reading node. Texts lie at `<type>.status.*`; those without numbers are given as keys, which each browser
 * shows in its own language.
 */
export function renderSource(type: string, view: SourceView, translate: Translate): NodeStatus {
  const key = (name: string): string => `${type}.status.${name}`;
  switch (view.kind) {
    case 'not-configured':
      return { fill: 'red', shape: 'ring', text: key('notConfigured') };
    case 'not-connected':
      return { fill: 'grey', shape: 'ring', text: key('noConnection') };
    case 'connecting':
      return { fill: 'yellow', shape: 'ring', text: key('connecting') };
    case 'retrying': {
      const text = translate(key('retrying'), { seconds: Math.max(1, Math.round(view.retryInMs / 1000)) });
      const age = view.ageMs === undefined ? [] : [translate(key('lastValue'), { age: ageText(view.ageMs) })];
      return { fill: 'yellow', shape: 'ring', text: [text, ...age].join(', ') };
    }
    case 'stopped':
      return { fill: 'grey', shape: 'dot', text: key('stopped') };
    case 'receiving': {
      if (view.ageMs === undefined) return { fill: 'yellow', shape: 'dot', text: key('noValue') };
      const isSilent = view.ageMs >= (view.silentFromMs ?? silenceMs);
      const parts = [translate(key(view.tags === 1 ? 'oneTag' : 'tags'), { tags: view.tags })];
      parts.push(
        isSilent
          ? translate(key('lastValue'), { age: ageText(view.ageMs) })
          : translate(key('rate'), { rate: rateText(view.perSecond) }),
      );
      if (view.where !== undefined) parts.push(view.where);
      for (const { key: name, count } of view.troubles) parts.push(translate(key(`trouble.${name}`), { count }));
      const isDegraded = view.troubles.length > 0 || (isSilent && !view.isAlive);
      return { fill: isDegraded ? 'yellow' : 'green', shape: 'dot', text: parts.join(', ') };
    }
  }
}
