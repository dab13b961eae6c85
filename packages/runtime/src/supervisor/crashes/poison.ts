/**
 * Requests that kill their compartment. One whose handling ended a process three times is set aside: the next delivery
 * of the same method, address and body is refused at the front, until a person releases it.
 *
 * The front numbers each request that it hands on, and the compartment writes the number down with the message in hand.
 * Deaths that are far apart are not counted together, and other flows begin anew. Bounded in requests under way and in
 * suspects.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Suspect, SuspectFile } from './suspect-file.ts';

const killsUntilSetAside = 3;
/** Since the death before: a client that gets no answer comes again sooner. */
const countsForMs = 60 * 60_000;
const mostUnderWay = 2_000;
const mostSuspects = 200;

export class Poison {
  readonly #file: SuspectFile;
  /** A number that an earlier supervisor gave away means nothing to this one. */
  readonly #series = randomBytes(6).toString('base64url');
  readonly #underWay = new Map<string, UnderWay>();
  readonly #suspects = new Map<string, Suspect>();
  #count = 0;

  constructor(file: SuspectFile) {
    this.#file = file;
    for (const suspect of file.loaded.slice(-mostSuspects)) this.#suspects.set(suspect.id, suspect);
  }

  /** A request is handed on; gives the number that goes with it, and who is told its body's hash and of its answer. */
  begin(method: string, url: string): Delivery {
    const number = `${this.#series}-${(this.#count += 1)}`;
    const entry = { method, url, fingerprint: fingerprintOf(method, url, emptyHash), answered: false };
    this.#underWay.set(number, entry);
    dropFirst(this.#underWay, mostUnderWay);
    return {
      number,
      bodyHashed(hash) {
        entry.fingerprint = fingerprintOf(method, url, hash);
      },
      answered() {
        entry.answered = true;
      },
    };
  }

  /** The whole answer was handed on; it stays known, as what it began may run on. */
  wasAnswered(number: string): boolean {
    return this.#underWay.get(number)?.answered === true;
  }

  /** The handling of this request ended a process. */
  killed(number: string, { compartmentId, at, ...death }: Death): void {
    const entry = this.#underWay.get(number);
    if (entry === undefined) return;
    this.#underWay.delete(number);
    const { method, url, fingerprint } = entry;
    const before = this.#suspects.get(fingerprint);
    this.#suspects.delete(fingerprint);
    // A supervisor that was just restarted does not know them yet.
    const flowsHash = death.flowsHash ?? before?.flowsHash ?? null;
    const counts = before !== undefined && before.flowsHash === flowsHash && at - before.lastAt < countsForMs;
    const kills = (counts ? before.kills : 0) + 1;
    const refused = before?.refused ?? 0;
    this.#suspects.set(fingerprint, {
      id: fingerprint,
      method,
      url,
      compartmentId,
      flowsHash,
      kills,
      lastAt: at,
      refused,
    });
    dropFirst(this.#suspects, mostSuspects);
    this.#save();
  }

  /** Is any request with this address set aside? Only then a body has to be looked at before it is handed on. */
  mayRefuse(method: string, url: string): boolean {
    return this.setAside.some((suspect) => suspect.method === method && suspect.url === url);
  }

  /** Counts a refusal; null where the request may pass. */
  refuse(method: string, url: string, bodyHash: string): Suspect | null {
    const suspect = this.#suspects.get(fingerprintOf(method, url, bodyHash));
    if (suspect === undefined || suspect.kills < killsUntilSetAside) return null;
    // Not saved by itself: a client that tries on and on would keep the disk busy.
    const counted = { ...suspect, refused: suspect.refused + 1 };
    this.#suspects.set(suspect.id, counted);
    return counted;
  }

  get setAside(): readonly Suspect[] {
    return [...this.#suspects.values()].filter(({ kills }) => kills >= killsUntilSetAside);
  }

  /** It may be delivered again; false when there is no such suspect. */
  release(id: string): boolean {
    const known = this.#suspects.delete(id);
    if (known) this.#save();
    return known;
  }

  /** What ended other flows of this compartment may pass: these may be the ones that can handle it. Null: it is gone. */
  releaseOthers(compartmentId: string, flowsHash: string | null): void {
    const own = [...this.#suspects.values()].filter((suspect) => suspect.compartmentId === compartmentId);
    const changed = own.filter((suspect) => flowsHash === null || suspect.flowsHash !== flowsHash);
    for (const suspect of changed) {
      // What ran when it was counted was not known then: it is what is known first.
      if (suspect.flowsHash === null && flowsHash !== null) this.#suspects.set(suspect.id, { ...suspect, flowsHash });
      else this.#suspects.delete(suspect.id);
    }
    if (changed.length > 0) this.#save();
  }

  #save(): void {
    this.#file.save([...this.#suspects.values()]);
  }
}

interface UnderWay {
  readonly method: string;
  readonly url: string;
  fingerprint: string;
  answered: boolean;
}

export interface Delivery {
  readonly number: string;
  bodyHashed(hash: string): void;
  /** The client has the whole answer, or could have it. */
  answered(): void;
}

export interface Death {
  readonly compartmentId: string;
  /** Of the flows that ran; null where they are not known. */
  readonly flowsHash: string | null;
  /** Epoch ms. */
  readonly at: number;
}

const emptyHash = createHash('sha256').digest('hex');

const fingerprintOf = (method: string, url: string, bodyHash: string): string =>
  createHash('sha256').update(`${method}\n${url}\n${bodyHash}`).digest('hex').slice(0, 24);

function dropFirst(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
