import type { AdminRequest } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';

type Named = Pick<AdminRequest, 'url' | 'body'> & { readonly originalUrl?: string };

/**
 * The nodes that an admin request is about: those in its path; else those in its query; else those in its body, in a
 * field of its own or in a list such as `nodes` of the debug node's route. Only the first place that has any counts: a
 * payload may hold the id of another node by chance. Pure.
 */
export function nodesNamedBy(request: Named, isNode: (id: string) => boolean): string[] {
  const [path = '', query = ''] = (request.originalUrl ?? request.url ?? '').split('?', 2);
  const places = [path.split('/').map(decode), [...new URLSearchParams(query).values()], textsOf(request.body)];
  for (const candidates of places) {
    const found = new Set(candidates.filter((id) => id !== '' && isNode(id)));
    if (found.size > 0) return [...found];
  }
  return [];
}

function textsOf(body: unknown): string[] {
  if (!isRecord(body)) return [];
  return Object.values(body)
    .flat()
    .filter((value) => typeof value === 'string');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
