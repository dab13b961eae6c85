import { BulkheadError } from '@bulkhead/core';
import { type Children, readChildren } from '../io/browsing/children.ts';
import { describeNodes } from '../io/browsing/describe.ts';
import { readDetails } from '../io/browsing/details.ts';
import { readEventFields, readEventTypes } from '../io/browsing/event-types.ts';
import { type Found, type Search, startSearch } from '../io/browsing/search.ts';
import type { LiveSession } from '../io/live-session.ts';
import type { OpcuaLink } from '../io/opcua-link.ts';
import type { ProbeResult } from './result.ts';

export interface Browser {
  children(parent: string, path: readonly string[], more: number): Promise<ProbeResult>;
  search(words: string, more: number): Promise<ProbeResult>;
  details(nodes: readonly string[]): Promise<ProbeResult>;
  eventTypes(): Promise<ProbeResult>;
  eventFields(type: string): Promise<ProbeResult>;
}

/** A list that somebody has opened, and how far it was read. */
interface OpenList {
  node: Found['parent'];
  path: string[];
  children: Children;
}

/** A line of the list is a line of a page: more at once nobody reads. */
const nodesPerPage = 200;
const matchesPerAnswer = 100;
const examinedPerAnswer = 20_000;
const searchMs = 6_000;
/** Places in long lists that are kept for `more`; servers keep few of them, too. */
const mostPlaces = 5;
const objectsFolder = 'i=85';

/** Browses over one link, and knows where each long list was left. */
export function createBrowser(link: OpcuaLink, aliases: ReadonlyMap<string, string>): Browser {
  const lists = new Map<number, OpenList>();
  const searches = new Map<number, Search>();
  let lastPlace = 0;

  const nextPlace = (): number => {
    lastPlace += 1;
    return lastPlace;
  };
  const keepPlace = async (place: OpenList): Promise<number> => {
    const number = nextPlace();
    lists.set(number, place);
    const [oldest] = lists;
    if (lists.size > mostPlaces && oldest !== undefined) {
      lists.delete(oldest[0]);
      await oldest[1].children.release();
    }
    return number;
  };

  const openList = async (live: LiveSession, parent: string, path: readonly string[]) => {
    const [node] = await live.resolve([parent === '' ? objectsFolder : parent]);
    if (node?.ok !== true) throw new BulkheadError('unknown-node', node?.reason ?? 'the node is not known');
    return { node: node.nodeId, children: readChildren(live, node.nodeId), path: [...path] };
  };

  return {
    children: (parent, path, more) =>
      link.request(async (live) => {
        const known = lists.get(more);
        lists.delete(more);
        if (more !== 0 && known === undefined) {
          throw new BulkheadError('place-lost', 'the place in this list is no longer known: fold it and open it again');
        }
        const list = known ?? (await openList(live, parent, path));
        const references = await list.children.next(nodesPerPage);
        const found = references.map((reference): Found => {
          const name = reference.displayName.text ?? reference.browseName.name ?? '';
          return { reference, path: [...list.path, name], parent: list.node };
        });
        const nodes = await describeNodes(live, aliases, found);
        const place = list.children.isOver() ? 0 : await keepPlace(list);
        return { kind: 'nodes', nodes, more: place, examined: nodes.length };
      }),
    search: (words, more) =>
      link.request(async (live) => {
        const known = searches.get(more);
        searches.clear();
        const search = known ?? startSearch(live, words);
        const untilMs = Date.now() + searchMs;
        const found = await search.next({ matches: matchesPerAnswer, nodes: examinedPerAnswer, untilMs });
        const nodes = await describeNodes(live, aliases, found);
        const place = search.isOver() ? 0 : nextPlace();
        if (place !== 0) searches.set(place, search);
        return { kind: 'nodes', nodes, more: place, examined: search.examined() };
      }),
    details: (nodes) => link.request(async (live) => ({ kind: 'details', details: await readDetails(live, nodes) })),
    eventTypes: () =>
      link.request(async (live) => ({ kind: 'event-types', types: await readEventTypes(live, aliases) })),
    eventFields: (type) =>
      link.request(async (live) => ({ kind: 'event-fields', fields: await readEventFields(live, aliases, type) })),
  };
}
