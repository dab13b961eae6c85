import type { ReadOutcome, ReadTag } from './read-tag.ts';

const mostNamed = 3;

/** Reports tags that begin to fail, or to fail for another reason, once for each reason and cycle. */
export function createTagReport(
  report: (problem: string) => void,
): (tags: readonly ReadTag[], outcomes: readonly ReadOutcome[]) => void {
  const failing = new Map<string, string>();
  return (tags, outcomes) => {
    const begun = new Map<string, ReadTag[]>();
    // Of these there are hundreds of thousands a second.
    for (let index = 0; index < tags.length; index += 1) {
      const tag = tags[index];
      const outcome = outcomes[index];
      if (tag === undefined || outcome === undefined || outcome.kind === 'lost') continue;
      if (outcome.reason === undefined) {
        if (failing.size > 0) failing.delete(tag.topic);
        continue;
      }
      if (failing.get(tag.topic) === outcome.reason) continue;
      failing.set(tag.topic, outcome.reason);
      const same = begun.get(outcome.reason) ?? [];
      same.push(tag);
      begun.set(outcome.reason, same);
    }
    for (const [reason, whose] of begun) {
      const names = whose.slice(0, mostNamed).map(({ topic, address }) => `${topic} (${address})`);
      const more = whose.length - names.length;
      report(`${reason}; bad are now ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
    }
  };
}
