import {
  type BrowseResult,
  type NodeId,
  type ReferenceDescription,
  resolveNodeId,
  StatusCodes,
} from 'node-opcua-client';
import { inChunks } from '../in-chunks.ts';
import type { LiveSession } from '../live-session.ts';
import { childrenOf, following, referencesPerAnswer } from './children.ts';

export interface Found {
  reference: ReferenceDescription;
  /** Names from the Objects folder to the node. */
  path: string[];
}

export interface SearchLimits {
  matches: number;
  nodes: number;
  untilMs: number;
}

export interface Search {
  /** Goes on until one of the limits is reached, or all has been looked at. */
  next(limits: SearchLimits): Promise<Found[]>;
  isOver(): boolean;
  examined(): number;
}

/** What a server says of itself: thousands of nodes that nobody looks for by name. */
const skipped = new Set(['ns=0;i=2253', 'ns=0;i=23470']);
/** Nodes in one request: each may leave a place at the server, which keeps few. */
const nodesPerRequest = 20;
/** Beyond this it goes on in another part of the server only. */
const mostKnown = 500_000;

interface Place {
  nodeId: NodeId;
  path: string[];
}

/** Every word is in the path, and one of them in the name itself. */
function matches(words: readonly string[], path: readonly string[]): boolean {
  const whole = path.join('/').toLowerCase();
  const name = path.at(-1)?.toLowerCase() ?? '';
  return words.every((word) => whole.includes(word)) && words.some((word) => name.includes(word));
}

/** Looks through the server level by level from the Objects folder, as far as it is let at a time. */
export function startSearch(live: LiveSession, text: string): Search {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const seen = new Set<string>();
  const ahead: Place[] = [{ nodeId: resolveNodeId('i=85'), path: [] }];
  let found: Found[] = [];
  let examined = 0;

  const take = (reference: ReferenceDescription, from: Place): void => {
    const key = reference.nodeId.toString();
    if (seen.has(key) || skipped.has(key) || seen.size >= mostKnown) return;
    seen.add(key);
    examined += 1;
    const path = [...from.path, reference.displayName.text ?? reference.browseName.name ?? key];
    if (matches(words, path)) found.push({ reference, path });
    ahead.push({ nodeId: reference.nodeId, path });
  };

  const follow = async (first: BrowseResult, place: Place): Promise<void> => {
    for (let result: BrowseResult | undefined = first; result !== undefined; result = await following(live, result)) {
      for (const reference of result.references ?? []) take(reference, place);
    }
  };

  const step = async (places: readonly Place[]): Promise<void> => {
    live.session.requestedMaxReferencesPerNode = referencesPerAnswer;
    const results = await inChunks(places, live.limits.browse, (chunk) =>
      live.session.browse(chunk.map(({ nodeId }) => childrenOf(nodeId))),
    );
    for (const [index, result] of results.entries()) {
      const place = places[index];
      if (place === undefined) continue;
      // It had no place left to keep: asked alone, it has.
      if (result.statusCode.value === StatusCodes.BadNoContinuationPoints.value && places.length > 1)
        ahead.unshift(place);
      else await follow(result, place);
    }
  };

  return {
    async next({ matches: most, nodes, untilMs }) {
      const stopAt = examined + nodes;
      let isAlone = false;
      while (ahead.length > 0 && found.length < most && examined < stopAt && Date.now() < untilMs) {
        const before = examined;
        const places = ahead.splice(0, isAlone ? 1 : nodesPerRequest);
        await step(places);
        isAlone = examined === before && !isAlone;
      }
      const given = found.slice(0, most);
      found = found.slice(most);
      return given;
    },
    isOver: () => ahead.length === 0 && found.length === 0,
    examined: () => examined,
  };
}
