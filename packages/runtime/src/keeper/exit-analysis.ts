/** Why a child ended, from what the operating system, the child and its stderr said. Pure. */
import { type ExitReason, exitReasons } from '../protocol/messages.ts';

export interface LastWords {
  readonly reason: ExitReason;
  readonly detail: string;
  readonly nodeId?: string;
  /** The node is known for certain, not only the last that received a message. */
  readonly exact?: boolean;
}

export interface EndOfLife {
  readonly code: number | null;
  readonly signal: string | null;
  /** Who killed it on purpose, if anybody did. */
  readonly because: { readonly reason: ExitReason; readonly detail: string } | null;
  readonly lastWords: LastWords | null;
  /** The node that was being made or closed, else the one named by the latest beat; empty when none was. */
  readonly lastNodeId: string;
  /** What it did that is no work of a node, such as `loading x`; empty when nothing of the sort. */
  readonly doing: string;
  /** The latest lines of stderr, newest last. */
  readonly stderrTail: readonly string[];
  /** Set when the kernel ended it for want of memory: its limit, MB. */
  readonly outOfLimitMb: number | null;
  /** Set when the process could not even be started. */
  readonly spawnError: string | null;
}

interface Cause {
  readonly reason: ExitReason;
  /** One line for a person. */
  readonly detail: string;
}

export interface Verdict extends Cause {
  readonly nodeId?: string;
  /** As in `ChildExit`. */
  readonly nodeIsExact: boolean;
}

// V8 writes "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "... invalid array
// length Allocation failed", "Committing semi space failed", and newer ones "Fatal process out of memory: Zone".
const heapWords =
  /(?:FATAL ERROR|Fatal (?:JavaScript|process)).*(?:out of memory|heap limit|Allocation failed|semi space)/i;
const bufferWords = /Array buffer allocation failed|ERR_MEMORY_ALLOCATION_FAILED|Cannot create a Buffer larger/;
const rejectionWords =
  /ERR_UNHANDLED_REJECTION|UnhandledPromiseRejection|fromPromise \*\/ true|true \/\* fromPromise \*\//;
const missingWords = /Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|bad option:|failed to execute|SyntaxError/;
const errorLine = /^(?:Uncaught )?(?:\[?UnhandledPromiseRejection.*|\w*(?:Error|Exception|Warning)\b.*:.*|\w*Error)$/;
const nodeFooter = /^Node\.js v\d/;
const saysNothing = /^(?:\s|[})\]]|$)/;

const crashSignals: ReadonlyMap<string, string> = new Map([
  ['SIGSEGV', 'a memory fault in native code'],
  ['SIGBUS', 'a memory fault in native code'],
  ['SIGILL', 'an illegal instruction in native code'],
  ['SIGFPE', 'an arithmetic fault in native code'],
  ['SIGTRAP', 'a trap in native code'],
]);

/** Codes that a shell or a wrapper makes of a signal. */
const signalOfCode: ReadonlyMap<number, string> = new Map([
  [134, 'SIGABRT'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [143, 'SIGTERM'],
]);

const lastMatch = (lines: readonly string[], pattern: RegExp): string | undefined =>
  lines.findLast((line) => pattern.test(line));

const lastLine = (lines: readonly string[]): string | undefined =>
  lines.findLast((line) => !saysNothing.test(line) && !nodeFooter.test(line))?.trim();

/** Reads a line of last words; null when it is none. */
export function parseLastWords(line: string): LastWords | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('reason' in value)) return null;
  const reason = exitReasons.find((known) => known === value.reason);
  if (reason === undefined) return null;
  const detail = 'detail' in value && typeof value.detail === 'string' ? oneLine(value.detail) : reason;
  const nodeId = 'nodeId' in value && typeof value.nodeId === 'string' && value.nodeId !== '' ? value.nodeId : null;
  const exact = 'exact' in value && value.exact === true;
  return nodeId === null ? { reason, detail } : { reason, detail, nodeId, exact };
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ⏎ ').slice(0, 500);

function ofSignal(signal: string, tail: readonly string[]): Cause {
  const heap = lastMatch(tail, heapWords);
  if (signal === 'SIGABRT' || heap !== undefined) {
    if (heap !== undefined) return { reason: 'out-of-memory', detail: heap.trim() };
    return {
      reason: 'signal',
      detail: `aborted itself (SIGABRT)${tail.length > 0 ? `: ${lastLine(tail) ?? ''}` : ''}`,
    };
  }
  const fault = crashSignals.get(signal);
  if (fault !== undefined) return { reason: 'signal', detail: `${signal}: ${fault}` };
  if (signal === 'SIGKILL') {
    return {
      reason: 'signal',
      detail: 'killed from outside (SIGKILL): by a person, or by the kernel for want of memory',
    };
  }
  return { reason: 'signal', detail: `ended from outside by ${signal}` };
}

function ofCode(code: number, tail: readonly string[]): Cause {
  if (code === 0) return { reason: 'exit', detail: 'ended by itself with exit code 0' };
  const signal = signalOfCode.get(code);
  if (signal !== undefined) return ofSignal(signal, tail);
  const said = lastMatch(tail, errorLine)?.trim() ?? lastLine(tail);
  const crashed = tail.some((line) => nodeFooter.test(line));
  if (code === 64 || code === 78 || code === 126 || code === 127) {
    return { reason: 'startup-failed', detail: said ?? `could not start (exit code ${code})` };
  }
  if (crashed && said !== undefined) {
    if (tail.some((line) => bufferWords.test(line))) return { reason: 'out-of-memory', detail: said };
    if (tail.some((line) => missingWords.test(line))) return { reason: 'startup-failed', detail: said };
    const rejected = tail.some((line) => rejectionWords.test(line));
    return { reason: rejected ? 'unhandled-rejection' : 'uncaught-exception', detail: said };
  }
  if (code === 9 && said !== undefined && missingWords.test(said)) return { reason: 'startup-failed', detail: said };
  if (code === 7) return { reason: 'uncaught-exception', detail: said ?? 'an exception while handling an exception' };
  return { reason: 'exit', detail: `ended by itself with exit code ${code}` };
}

function isFromOutside(signal: string): boolean {
  return signal !== 'SIGABRT' && !crashSignals.has(signal);
}

export function analyseExit(end: EndOfLife): Verdict {
  const { code, signal, because, lastWords, lastNodeId, stderrTail, outOfLimitMb, spawnError, doing } = end;
  const withNode = ({ reason, detail }: Cause): Verdict => {
    const nodeId = lastWords?.nodeId ?? lastNodeId;
    const nodeIsExact = lastWords?.nodeId !== undefined && lastWords.exact === true;
    const whileDoing = nodeId === '' && doing !== '' ? `${detail}, while ${doing}` : detail;
    return { reason, detail: oneLine(whileDoing), ...(nodeId === '' ? {} : { nodeId }), nodeIsExact };
  };
  if (spawnError !== null) return withNode({ reason: 'startup-failed', detail: spawnError });
  // What the killer knows is true only if the kill is what ended it: it may have crashed just before.
  if (because !== null && (signal !== null || code === 0 || code === 143 || code === 137)) return withNode(because);
  if (outOfLimitMb !== null && signal === 'SIGKILL') {
    const detail = `the kernel ended it: it used more memory than its limit of ${outOfLimitMb} MB`;
    return withNode({ reason: 'memory-limit', detail });
  }
  if (lastWords !== null) {
    // Who received last has nothing to do with a signal from outside.
    const fromOutside = lastWords.reason === 'signal' && lastWords.nodeId === undefined;
    return fromOutside ? { ...lastWords, nodeIsExact: false } : withNode(lastWords);
  }
  if (signal !== null) {
    const verdict = withNode(ofSignal(signal, stderrTail));
    // Who received last has nothing to do with a kill from outside.
    return isFromOutside(signal) ? { reason: verdict.reason, detail: verdict.detail, nodeIsExact: false } : verdict;
  }
  return withNode(ofCode(code ?? 1, stderrTail));
}
