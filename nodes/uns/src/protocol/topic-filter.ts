export type TopicFilter =
  | { readonly ok: true; readonly filter: string }
  | { readonly ok: false; readonly message: string };

/**
 * The MQTT topic filter for what a person wrote: MQTT form (`umh/v1/plant/#`) or UMH dots (`umh.v1.plant.#`).
 * `+` stands for one level, `#` for all that follow (MQTT 3.1.1, 4.7.1).
 */
export function topicFilter(text: string): TopicFilter {
  const filter = text.includes('/') ? text : text.replaceAll('.', '/');
  if (filter === '') return { ok: false, message: 'the topic filter is empty: # stands for everything' };
  if (Buffer.byteLength(filter) > 65_535 || filter.includes('\0')) {
    return { ok: false, message: 'the topic filter is too long or contains a NUL' };
  }
  const levels = filter.split('/');
  for (const [at, level] of levels.entries()) {
    if (level.includes('+') && level !== '+') return { ok: false, message: `+ must be a level of its own: "${level}"` };
    if (level.includes('#') && (level !== '#' || at !== levels.length - 1)) {
      return { ok: false, message: `# must be the last level and stand alone: "${text}"` };
    }
  }
  return { ok: true, filter };
}
