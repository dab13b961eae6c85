const fallback = 'umh.v1.enterprise.site._raw.';

/** A name as a segment of a topic: letters, digits, `-` and `_`. */
export function segmentOf(name: string): string {
  const plain = name
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .replaceAll('Ä', 'Ae')
    .replaceAll('Ö', 'Oe')
    .replaceAll('Ü', 'Ue')
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '');
  return plain.replaceAll(/[^A-Za-z0-9-]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'tag';
}

/** Where the topics of a table lie: all but the last segment of its last one. */
function topicPrefix(topics: readonly string[]): string {
  const last = topics.findLast((topic) => topic.includes('.'));
  return last === undefined ? fallback : last.slice(0, last.lastIndexOf('.') + 1);
}

/** A topic for each name, beside those of the table and none of them taken yet. */
export function topicsFor(names: readonly string[], takenTopics: readonly string[]): string[] {
  const prefix = topicPrefix(takenTopics);
  const taken = new Set(takenTopics);
  return names.map((name) => {
    const base = prefix + segmentOf(name);
    let topic = base;
    for (let number = 2; taken.has(topic); number += 1) topic = `${base}_${number}`;
    taken.add(topic);
    return topic;
  });
}
