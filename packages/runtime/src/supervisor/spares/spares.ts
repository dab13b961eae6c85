/**
 * Processes that wait to become compartments, so that a tab that died is back without the start of a process.
 *
 *   wanted ──start──▶ starting ──dialled in──▶ waiting ──take──▶ (a compartment)
 *      ▲                 │                        │
 *      └── after a pause ┴───────── died ─────────┘
 */
import type { Clock, Timer } from '@bulkhead/core';
import type { LimitsBy } from '../../protocol/limits.ts';
import type { ChildSpec, ChildStatus, Hello, NewName, ToCompartment } from '../../protocol/messages.ts';
import { processNameOfSpare, spareIdOf, startClass } from './spare-spec.ts';
import { ownSpareId, sharedSpareId, type WantedSpare } from './wanted-spares.ts';

/** The connection of a spare that has dialled in. */
export interface SpareLink {
  send(message: ToCompartment): boolean;
  close(): void;
}

export interface SparesPorts {
  /** What should be there now; empty while the house is not quiet enough to know. */
  wanted(): readonly WantedSpare[];
  /** Compartments that start go first; the next change of the house asks again. */
  quiet(): boolean;
  start(wanted: WantedSpare): Promise<ChildStatus>;
  rename(name: string, to: NewName): Promise<ChildStatus>;
  kill(name: string): void;
  readonly clock: Clock;
  log(line: string): void;
}

interface Spare {
  /** Null until it has dialled in. */
  link: SpareLink | null;
  prepared: boolean;
  /** What it was last asked to prepare, to see a difference. */
  preparedFor: string;
}

export interface Taken<Link extends SpareLink> {
  readonly link: Link;
  readonly pid: number;
  readonly limitsBy: LimitsBy;
}

/** The processor belongs to what has just come back first. */
const settleMs = 250;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class Spares<Link extends SpareLink> {
  readonly #ports: SparesPorts;
  readonly #spares = new Map<string, Spare & { link: Link | null }>();
  #timer: Timer | null = null;
  /** Deaths in a row, by spare id. */
  readonly #deaths = new Map<string, number>();
  readonly #notBefore = new Map<string, number>();

  constructor(ports: SparesPorts) {
    this.#ports = ports;
  }

  /** How many could become a compartment at once. */
  get ready(): number {
    return [...this.#spares.values()].filter(({ prepared }) => prepared).length;
  }

  /** Something changed in the house: look again, soon. */
  look(): void {
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.setTimeout(() => this.#tend(), settleMs);
  }

  /** A spare that an earlier supervisor started; one that is no longer wanted ends at the next look. */
  expect(processName: string): void {
    const id = spareIdOf(processName);
    if (id === undefined || this.#spares.has(id)) return;
    this.#spares.set(id, { link: null, prepared: false, preparedFor: '' });
    this.look();
  }

  /** Only processes that were started as spares, and are still called so by the keeper. */
  accepts(hello: Hello): boolean {
    return this.#spares.has(hello.id);
  }

  attach(link: Link, hello: Hello): void {
    const spare = this.#spares.get(hello.id);
    if (!spare) return link.close();
    spare.link?.close();
    spare.link = link;
    const wanted = this.#ports.wanted().find(({ id }) => id === hello.id);
    if (wanted) this.#prepare(spare, wanted);
  }

  prepared(link: Link): void {
    for (const [id, spare] of this.#spares) {
      if (spare.link !== link) continue;
      spare.prepared = true;
      this.#deaths.delete(id);
    }
  }

  detach(link: Link): void {
    for (const spare of this.#spares.values()) {
      if (spare.link !== link) continue;
      spare.link = null;
      spare.prepared = false;
    }
  }

  /** A spare of this start's class under its name from now on; null where there is none. */
  async take(compartmentId: string, spec: ChildSpec & NewName): Promise<Taken<Link> | null> {
    const className = startClass(spec);
    for (const id of [ownSpareId(compartmentId, className), sharedSpareId(className)]) {
      const spare = this.#spares.get(id);
      if (!spare?.link) continue;
      const { link } = spare;
      this.#spares.delete(id);
      const { name, label, role, hangLimitMs, resources } = spec;
      try {
        // The keeper first: a process must never run flows under a name that says that it runs none.
        const { pid, limitsBy } = await this.#ports.rename(processNameOfSpare(id), {
          name,
          label,
          role,
          hangLimitMs,
          resources,
        });
        if (pid !== null) return { link, pid, limitsBy };
      } catch (error) {
        this.#ports.log(`spare ${id} was not taken: ${error instanceof Error ? error.message : String(error)}`);
        link.close();
        this.#ports.kill(processNameOfSpare(id));
      }
    }
    return null;
  }

  exited(processName: string): void {
    const id = spareIdOf(processName);
    if (id === undefined || !this.#spares.delete(id)) return;
    this.#failed(id);
  }

  #failed(id: string): void {
    const deaths = (this.#deaths.get(id) ?? 0) + 1;
    this.#deaths.set(id, deaths);
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (deaths - 1));
    this.#notBefore.set(id, this.#ports.clock.now() + pauseMs);
    if (deaths === 3) this.#ports.log(`spare ${id} keeps dying; tabs start without one meanwhile`);
    this.#ports.clock.setTimeout(() => this.look(), pauseMs);
  }

  #tend(): void {
    this.#timer = null;
    if (!this.#ports.quiet()) return;
    const wanted = new Map(this.#ports.wanted().map((spare) => [spare.id, spare]));
    for (const [id, spare] of this.#spares) {
      const still = wanted.get(id);
      if (still) {
        this.#prepare(spare, still);
        continue;
      }
      this.#spares.delete(id);
      spare.link?.close();
      this.#ports.kill(processNameOfSpare(id));
    }
    for (const id of this.#notBefore.keys()) if (!wanted.has(id)) this.#forget(id);
    for (const spare of wanted.values()) this.#start(spare);
  }

  #forget(id: string): void {
    this.#notBefore.delete(id);
    this.#deaths.delete(id);
  }

  #start(wanted: WantedSpare): void {
    const { id } = wanted;
    if (this.#spares.has(id) || (this.#notBefore.get(id) ?? 0) > this.#ports.clock.now()) return;
    const spare = { link: null, prepared: false, preparedFor: '' };
    this.#spares.set(id, spare);
    this.#ports.start(wanted).catch((error: unknown) => {
      this.#ports.log(`spare ${id} could not be started: ${error instanceof Error ? error.message : String(error)}`);
      if (this.#spares.get(id) === spare) this.#spares.delete(id);
      this.#failed(id);
    });
  }

  #prepare(spare: Spare, { palette, userDir }: WantedSpare): void {
    const wanted = JSON.stringify([userDir, palette]);
    if (!spare.link || spare.preparedFor === wanted) return;
    spare.preparedFor = wanted;
    spare.prepared = false;
    spare.link.send({ type: 'prepare', userDir, palette });
  }
}
