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
  /** The node that it was found below. */
  parent: NodeId;
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
/** NodeClass of OPC 10000-3, clause 8.29. A variable has parts, but thousands of variables are asked for theirs in vain. */
const OBJECT = 1;
const VIEW = 128;
const NO_PLACE = StatusCodes.BadNoContinuationPoints.value;
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
  let isCrowded = false;
  /** Lists of which more is to come, each with a place at the server. */
  const unfinished: Array<{ result: BrowseResult; place: Place }> = [];
  const begunAnew = new Set<Place>();

  const takeOne = (reference: ReferenceDescription, from: Place): void => {
    const key = reference.nodeId.toString();
    if (seen.has(key) || skipped.has(key) || seen.size >= mostKnown) return;
    seen.add(key);
    examined += 1;
    const path = [...from.path, reference.displayName.text ?? reference.browseName.name ?? key];
    if (matches(words, path)) found.push({ reference, path, parent: from.nodeId });
    const kind: number = reference.nodeClass;
    if (kind === OBJECT || kind === VIEW) ahead.push({ nodeId: reference.nodeId, path });
  };
  const take = (result: BrowseResult, place: Place): void => {
    for (const reference of result.references ?? []) takeOne(reference, place);
    if ((result.continuationPoint?.length ?? 0) > 0) unfinished.push({ result, place });
  };

  const step = async (): Promise<void> => {
    const begun = unfinished.pop();
    if (begun !== undefined) {
      const result = await following(live, begun.result);
      if (result?.statusCode.isGood()) take(result, begun.place);
      else if (!begunAnew.has(begun.place)) {
        // The server gave the place to another list: this one alone, from its beginning.
        begunAnew.add(begun.place);
        ahead.unshift(begun.place);
        isCrowded = true;
      }
      return;
    }
    const places = ahead.splice(0, isCrowded ? 1 : nodesPerRequest);
    live.session.requestedMaxReferencesPerNode = referencesPerAnswer;
    const results = await inChunks(places, live.limits.browse, (chunk) =>
      live.session.browse(chunk.map(({ nodeId }) => childrenOf(nodeId))),
    );
    // A server that has no place left to keep for one of several has it when that one is asked for alone.
    const refused = places.filter((_, index) => results[index]?.statusCode.value === NO_PLACE && places.length > 1);
    isCrowded = refused.length > 0;
    ahead.unshift(...refused);
    for (const [index, result] of results.entries()) {
      const place = places[index];
      if (place !== undefined && !refused.includes(place)) take(result, place);
    }
  };

  return {
    async next({ matches: most, nodes, untilMs }) {
      const stopAt = examined + nodes;
      const mayGoOn = (): boolean => found.length < most && examined < stopAt && Date.now() < untilMs;
      while (ahead.length + unfinished.length > 0 && mayGoOn()) await step();
      const given = found.slice(0, most);
      found = found.slice(most);
      return given;
    },
    isOver: () => ahead.length + unfinished.length + found.length === 0,
    examined: () => examined,
  };
}
