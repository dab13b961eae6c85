/*
 * How a node is named in a tag table:
 *
 *   i=2258  ns=2;s=Line1.Speed          a node id; the namespace by its index, which a server may change
 *   nsu=urn:acme:filler;s=Line1.Speed   the namespace by its URI (OPC 10000-6, clause 5.3.1.11)
 *   nsu=filler;s=Line1.Speed            the namespace by an alias that the connection defines
 *   /Objects/filler:Line 1/2:Speed      a browse path from the root, each name with an alias or index before it
 */

/** An index, or a URI or alias. */
export type NamespaceName = number | string;

export interface PathStep {
  namespace: NamespaceName;
  name: string;
}

export type Address =
  | { kind: 'node'; namespace: NamespaceName /** As in a node id: `s=Speed`, `i=85`. */; id: string }
  /** From the root folder, which is not a step. */
  | { kind: 'path'; steps: readonly PathStep[] };

export type ParsedAddress = { ok: true; address: Address } | { ok: false; reason: string };

const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const NODE_ID = new RegExp(
  `^(?:ns=(\\d{1,5});|nsu=([^;]+);)?(i=\\d{1,10}|s=.+|g=${GUID}|b=[A-Za-z0-9+/]+={0,2})$`,
  's',
);
const largestIndex = 65_535;
const largestNumber = 4_294_967_295;

/** Short names for URIs: a letter first, so that none can be taken for an index or for a URI. */
export const aliasPattern = /^[A-Za-z][\w-]*$/;

const failed = (reason: string): ParsedAddress => ({ ok: false, reason });

/** In a URI `;` is written `%3B` and `%` is written `%25`. */
export function escapeUri(uri: string): string {
  return uri.replaceAll('%', '%25').replaceAll(';', '%3B');
}

function unescapeUri(text: string): string {
  return text.replace(/%3b/gi, ';').replaceAll('%25', '%');
}

/** Characters of a browse name that mean something in a path are written with `&` before them (OPC 10000-4, annex A.2). */
export function escapeName(name: string): string {
  return name.replace(/[&/:]/g, '&$&');
}

/** Cuts at `separator` where no `&` stands before it; the parts are still escaped. */
function cutAt(text: string, separator: string, most: number): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length && parts.length < most - 1; at += 1) {
    if (text[at] === '&') at += 1;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** One name with an index or alias before it, as `2:Speed` or `filler:Speed`; nothing when it is none. */
export function parseStep(text: string): PathStep | undefined {
  const [before = '', after] = cutAt(text, ':', 2);
  const name = (after ?? before).replace(/&(.)/gs, '$1');
  if (name === '') return undefined;
  if (after === undefined) return { namespace: 0, name };
  if (/^\d{1,5}$/.test(before)) return { namespace: Number(before), name };
  return aliasPattern.test(before) ? { namespace: before, name } : undefined;
}

function parsePath(text: string): ParsedAddress {
  const steps: PathStep[] = [];
  for (const part of cutAt(text.slice(1), '/', Number.POSITIVE_INFINITY)) {
    const step = parseStep(part);
    if (step === undefined)
      return failed(`"${part}" is no name in a browse path, which looks like /Objects/2:Filler/2:Speed`);
    steps.push(step);
  }
  // Some tools write the root folder, too.
  if (steps[0]?.namespace === 0 && steps[0].name === 'Root' && steps.length > 1) steps.shift();
  return { ok: true, address: { kind: 'path', steps } };
}

/** Reads what stands in a tag table. Never throws. */
export function parseAddress(text: string): ParsedAddress {
  if (text.startsWith('/')) return parsePath(text);
  const match = NODE_ID.exec(text);
  if (match === null)
    return failed('it must look like ns=2;s=Speed, nsu=urn:acme;s=Speed or /Objects/2:Filler/2:Speed');
  const [, index = '0', uri, id = ''] = match;
  if (Number(index) > largestIndex) return failed(`a namespace index is at most ${largestIndex}`);
  if (id.startsWith('i=') && Number(id.slice(2)) > largestNumber) return failed(`a number is at most ${largestNumber}`);
  return { ok: true, address: { kind: 'node', namespace: uri === undefined ? Number(index) : unescapeUri(uri), id } };
}

export function isAddress(text: string): boolean {
  return parseAddress(text).ok;
}
