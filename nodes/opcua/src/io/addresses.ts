import { BrowsePath, coerceNodeId, resolveNodeId, StatusCodes } from 'node-opcua-client';
import { type Address, type NamespaceName, parseAddress } from '../protocol/address.ts';
import { inChunks } from './in-chunks.ts';
import type { Resolution } from './live-session.ts';
import type { OperationLimits } from './operation-limits.ts';
import type { RawSession } from './raw-session.ts';

/** Short names for namespaces, as the connection defines them. */
export type Aliases = ReadonlyMap<string, string>;

/** The index that a namespace has in this session, if the server has it. */
export type IndexOf = (name: NamespaceName) => number | undefined;

export function namespaceFinder(namespaces: readonly string[], aliases: Aliases): IndexOf {
  return (name) => {
    if (typeof name === 'number') return name;
    const index = namespaces.indexOf(aliases.get(name) ?? name);
    return index === -1 ? undefined : index;
  };
}

export interface AddressBookOptions {
  session: Pick<RawSession, 'translateBrowsePath'>;
  limits: OperationLimits;
  indexOf: IndexOf;
  aliases: Aliases;
}

const refused = (code: number, reason: string): Resolution => ({ ok: false, code, reason });
const rootFolder = 'i=84';
const hierarchical = 'i=33';
/** The whole path was followed (OPC 10000-4, clause 5.9.4.2). */
const wholePath = 0xffff_ffff;

function browsePathOf(names: ReadonlyArray<readonly [namespaceIndex: number, name: string]>): BrowsePath {
  const elements = names.map(([namespaceIndex, name]) => ({
    referenceTypeId: resolveNodeId(hierarchical),
    isInverse: false,
    includeSubtypes: true,
    targetName: { namespaceIndex, name },
  }));
  return new BrowsePath({ startingNode: resolveNodeId(rootFolder), relativePath: { elements } });
}

/** The addresses of one session: what they name is found out once, and kept unless it was not found. */
export function createAddressBook({ session, limits, indexOf, aliases }: AddressBookOptions) {
  const found = new Map<string, Resolution>();

  const missing = (name: NamespaceName): Resolution => {
    const uri = aliases.get(String(name));
    const what = uri === undefined ? `"${name}"` : `"${uri}" (${name})`;
    return refused(StatusCodes.BadNodeIdUnknown.value, `the server has no namespace ${what}`);
  };

  const nodeOf = ({ namespace, id }: Extract<Address, { kind: 'node' }>): Resolution => {
    const index = indexOf(namespace);
    if (index === undefined) return missing(namespace);
    return { ok: true, nodeId: coerceNodeId(index === 0 ? id : `ns=${index};${id}`) };
  };

  /** Answers what needs no request; the rest are paths to ask for. */
  const sort = (addresses: ReadonlySet<string>) => {
    const answers = new Map<string, Resolution>();
    const paths: Array<{ text: string; path: BrowsePath }> = [];
    for (const text of addresses) {
      const parsed = parseAddress(text);
      const known = found.get(text);
      if (known !== undefined) answers.set(text, known);
      else if (!parsed.ok) answers.set(text, refused(StatusCodes.BadNodeIdInvalid.value, parsed.reason));
      else if (parsed.address.kind === 'node') answers.set(text, nodeOf(parsed.address));
      else {
        const { steps } = parsed.address;
        const unknown = steps.find(({ namespace }) => indexOf(namespace) === undefined);
        if (unknown !== undefined) answers.set(text, missing(unknown.namespace));
        else
          paths.push({ text, path: browsePathOf(steps.map(({ namespace, name }) => [indexOf(namespace) ?? 0, name])) });
      }
    }
    return { answers, paths };
  };

  return async (addresses: readonly string[]): Promise<Resolution[]> => {
    const { answers, paths } = sort(new Set(addresses));
    const results = await inChunks(paths, limits.translate, (chunk) =>
      session.translateBrowsePath(chunk.map(({ path }) => path)),
    );
    for (const [index, { statusCode, targets }] of results.entries()) {
      const text = paths[index]?.text ?? '';
      const target = targets?.find(({ remainingPathIndex }) => remainingPathIndex === wholePath)?.targetId;
      if (target !== undefined) {
        found.set(text, { ok: true, nodeId: target });
        continue;
      }
      const code = statusCode.isGood() ? StatusCodes.BadNoMatch.value : statusCode.value;
      answers.set(text, refused(code, `the server finds nothing at this browse path (${statusCode.name})`));
    }
    return addresses.map(
      (text) =>
        answers.get(text) ??
        found.get(text) ??
        refused(StatusCodes.BadUnexpectedError.value, 'the server gave no answer'),
    );
  };
}
