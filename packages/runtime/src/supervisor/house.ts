import { type Clock, errorMessage } from '@bulkhead/core';
import type {
  BulkheadServices,
  ChildExit,
  ChildStatus,
  FlowNode,
  FromEditor,
  Hello,
  LinkEndpoint,
  RelayedEvent,
} from '../protocol/messages.ts';
import { knownPart } from '../protocol/instance-id.ts';
import { Compartment } from './compartments/compartment.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Policy } from './compartments/policy.ts';
import type { Privilege } from '../protocol/privilege.ts';
import type { CompartmentPorts } from './compartments/ports.ts';
import type { DashboardPath } from './front/routing.ts';
import { indexFlows } from './plan/flow-index.ts';
import { type Plan, type PlannedCompartment, partition } from './plan/partition.ts';
import type { PlanRules } from '../protocol/plan-rules.ts';
import type { LivedFlows } from './lived-flows/lived-flows.ts';
import { completeSlice, cutSlice, type Deployed } from './plan/slice.ts';
import { withOwnStatus } from './own-status.ts';
import { createPlanNotices } from './plan-notice.ts';
import { onlyGives, relayRank } from './relay-rank.ts';
import { type ContextMove, contextMoves } from './context-files/context-moves.ts';
import type { ContextFiles } from './context-files/context-files.ts';
import type { Kept } from './kept.ts';

type FlowsMessage = Extract<FromEditor, { type: 'flows' }>;

export interface HouseOptions {
  readonly ports: CompartmentPorts;
  readonly services: BulkheadServices;
  readonly limits: Limits;
  readonly privilege: Privilege;
  readonly rules: PlanRules;
  readonly policy: Policy;
  readonly kept: ReadonlyMap<string, Kept>;
  keptOf(compartment: Compartment): Kept;
  readonly contextFiles: Pick<ContextFiles, 'move'>;
  readonly lived: Pick<LivedFlows, 'of' | 'keepOnly'>;
  directoryOf(compartmentId: string): string;
  /** How `caller` reaches the links of `target`. */
  linkEndpoint(target: string, caller: string): LinkEndpoint;
}

const removalDeadlineMs = 5_000;
/** A tab that listens and does not come up holds the others up no longer than this. */
const takersFirstMs = 5_000;

const emptyPlan: Plan = { compartments: [], conflicts: [], warnings: [] };

/** All compartments, and the deployed flows that they follow. */
export class House {
  plan = emptyPlan;
  readonly compartments = new Map<string, Compartment>();
  /** Why the editor has no flows to run; null while it has, or has not said. */
  halted: string | null = null;
  readonly #options: HouseOptions;
  /** Of compartments that may be made yet. */
  readonly #kept: Map<string, Kept>;
  #deployed: Deployed | null = null;
  /** Ids of the nodes of the deploy that was told of last. */
  #newest: ReadonlySet<string> | null = null;
  #applying: Promise<void> = Promise.resolve();
  readonly #sayPlan: ReturnType<typeof createPlanNotices>;
  readonly #firstPlan = Promise.withResolvers<void>();
  #allMade = false;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#kept = new Map(options.kept);
    this.#sayPlan = createPlanNotices(options.ports.show, options.ports.log);
  }

  /** Where the plan has its dashboards served; one at the root claims only its own routes. */
  get dashboards(): readonly DashboardPath[] {
    return this.plan.compartments.flatMap(({ id, dashboards }) =>
      dashboards.filter(({ path }) => path !== '/').map(({ path }) => ({ compartmentId: id, path })),
    );
  }

  /**
   * What is known of compartments that may be made yet: all of an earlier supervisor until the first deploy was followed, and
   * all that ran before the editor had no flows, until it has some.
   */
  get keptUnclaimed(): ReadonlyMap<string, Kept> {
    return this.#allMade ? new Map() : this.#kept;
  }

  /** True once a flow file was received. */
  get planned(): boolean {
    return this.#deployed !== null;
  }

  /**
   * Resolves when it is known what runs: the flows are here, and who lives has dialled in; at once where nobody does. A
   * supervisor that has just been restarted knows neither. Waits for `limitMs` at most.
   */
  async known(limitMs: number): Promise<void> {
    if (this.compartments.size === 0) return;
    const everything = this.#firstPlan.promise.then(() => Promise.all(this.#settled()));
    await within(limitMs, this.#options.ports.clock, everything);
  }

  /** Follows a deploy. Deploys are applied one after the other; unchanged compartments are not touched. */
  apply(message: FlowsMessage): Promise<void> {
    this.#newest = new Set(message.flows.map(({ id }) => id));
    const done = this.#applying.then(() => this.#apply(message));
    // Whatever flows do to the planning: what runs goes on running, and the next deploy is another chance.
    this.#applying = done.catch((error: unknown) => {
      this.#options.ports.log(`the deploy could not be followed: ${errorMessage(error)}`);
      this.#options.ports.show([deployNotice(errorMessage(error))]);
    });
    return this.#applying;
  }

  /** The editor has no flows to run: what ran before were others, and ends. */
  halt(because: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.halted !== because) this.#options.ports.log(`no flows run: ${because}`);
      this.halted = because;
      await this.#endAll();
      this.#firstPlan.resolve();
    });
  }

  /** Does the work while nothing runs; nothing does then until the next flows are told. */
  betweenFlows(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#endAll();
      await work();
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#applying.then(work);
    this.#applying = done.catch(() => {});
    return done;
  }

  async #endAll(): Promise<void> {
    const all = [...this.compartments.values()];
    // They may come back, and what a person set for them is theirs still.
    for (const compartment of all) this.#kept.set(compartment.id, this.#options.keptOf(compartment));
    this.#allMade = false;
    this.#deployed = null;
    this.#newest = null;
    this.plan = emptyPlan;
    await Promise.all(all.map((compartment) => compartment.stop(removalDeadlineMs)));
    for (const { id } of all) this.compartments.delete(id);
    this.#options.ports.changed();
  }

  /** A process that an earlier supervisor started and that is alive still. */
  expect(id: string, child: ChildStatus): void {
    const planned = this.#kept.get(id)?.planned ?? {
      id,
      name: id,
      tabs: [],
      dashboards: [],
      unions: [],
      splits: [],
    };
    this.#compartment(planned).expect(child);
  }

  exited(id: string, exit: ChildExit): void {
    this.compartments.get(id)?.exited(exit);
  }

  /** The compartment that a process which dials in belongs to; undefined when nobody expects it. */
  accept(hello: Hello): Compartment | undefined {
    return this.compartments.get(hello.id);
  }

  /** The compartment that runs a node. */
  owner(nodeId: string): Compartment | undefined {
    const index = this.#deployed?.index;
    const part = index && knownPart(nodeId, (id) => index.byId.has(id));
    const node = part === undefined ? undefined : index?.byId.get(part);
    // What was deployed away is gone for whoever asks, also while the deploys before that one are still being followed.
    if (!index || !node || this.#newest?.has(node.id) === false) return undefined;
    const tabId = tabOf(node, index.byId);
    const moved = this.plan.compartments.flatMap(({ splits }) => splits).find(({ nodes }) => nodes.includes(node.id));
    if (moved) return this.compartments.get(moved.to);
    for (const compartment of this.compartments.values()) {
      if (tabId !== undefined && compartment.planned.tabs.some((tab) => tab.id === tabId)) return compartment;
      if (tabId === undefined && compartment.slice?.flows.some((candidate) => candidate.id === node.id))
        return compartment;
    }
    return undefined;
  }

  async #apply(message: FlowsMessage): Promise<void> {
    this.halted = null;
    this.#deployed = {
      index: indexFlows(message.flows),
      credentials: message.credentials,
      palette: message.palette,
      userDir: message.userDir,
    };
    const homes = this.#homesOfTabs();
    this.plan = partition(message.flows, this.#options.rules);
    this.#sayPlan(this.plan, message.deployType);
    const ids = new Set(this.plan.compartments.map((planned) => planned.id));
    // What is gone ends first: a tab that moved must not run twice.
    const gone = [...this.compartments.values()].filter((compartment) => !ids.has(compartment.id));
    await Promise.all(gone.map((compartment) => compartment.stop(removalDeadlineMs)));
    for (const { id } of gone) this.compartments.delete(id);
    for (const id of [...gone.map((compartment) => compartment.id), ...this.keptUnclaimed.keys()])
      if (!ids.has(id)) this.#options.ports.crashes.runs(id, null);
    await this.#takeContextAlong(contextMoves(this.plan.compartments, homes, message.flows));
    const deployed = this.#deployed;
    const { services, directoryOf, linkEndpoint, lived } = this.#options;
    const owners = new Map(this.plan.compartments.flatMap(({ id, tabs }) => tabs.map((tab) => [tab.id, id])));
    const links = { ownerOf: (tabId: string) => owners.get(tabId), endpoint: linkEndpoint };
    lived.keepOnly(ids);
    const all = this.plan.compartments.map((planned) => {
      const around = { directory: directoryOf(planned.id), services, links };
      const compartment = this.#compartment(planned);
      const earlier = lived.of(planned.id);
      if (earlier) compartment.recall(completeSlice(planned.id, earlier, deployed, around));
      return { planned, slice: cutSlice(planned, deployed, around), compartment };
    });
    // As in the flow file, also after those that live were adopted first.
    for (const { compartment } of all) {
      this.compartments.delete(compartment.id);
      this.compartments.set(compartment.id, compartment);
    }
    // A publisher that is up first would tell its first values to nobody.
    const givers = all.filter(({ slice }) => onlyGives(slice));
    const takers = all.filter(({ slice }) => relayRank(slice) > 0);
    for (const { planned, slice, compartment } of takers) compartment.deploy(planned, slice, message.deployType);
    const listening = within(
      takersFirstMs,
      this.#options.ports.clock,
      Promise.all(takers.map(({ compartment }) => compartment.settled())),
    );
    for (const { compartment } of givers) compartment.startAfter(listening);
    for (const { planned, slice, compartment } of all) {
      if (relayRank(slice) === 0) compartment.deploy(planned, slice, message.deployType);
    }
    this.#allMade = true;
    this.#options.ports.changed();
    this.#options.ports.show([deployNotice('')]);
    this.#firstPlan.resolve();
  }

  /** The compartment in whose folder the context files of each tab are. */
  #homesOfTabs(): ReadonlyMap<string, string> {
    const plans = [...this.#kept.values(), ...this.compartments.values()].map(({ planned }) => planned);
    return new Map(plans.flatMap(({ id, tabs }) => tabs.map((tab) => [tab.id, id])));
  }

  /** Both ends are down meanwhile: what one holds in memory is written by then, and the other reads it as it starts. */
  async #takeContextAlong(moves: readonly ContextMove[]): Promise<void> {
    const ends = new Set(moves.filter(({ from }) => from !== null).flatMap(({ from, to }) => [from, to]));
    const running = [...this.compartments.values()].filter(({ id, down }) => ends.has(id) && down === null);
    await Promise.all(running.map((compartment) => compartment.stop(removalDeadlineMs)));
    await this.#options.contextFiles.move(moves);
  }

  #settled(): Promise<void>[] {
    return [...this.compartments.values()].map((compartment) => compartment.settled());
  }

  #compartment(planned: PlannedCompartment): Compartment {
    const known = this.compartments.get(planned.id);
    if (known) return known;
    const kept = this.#kept.get(planned.id);
    const { ports } = this.#options;
    const compartment = new Compartment(
      planned,
      { ...this.#options.limits, ...kept?.limits },
      { ...this.#options.policy, ...kept?.policy },
      kept?.privilege ?? this.#options.privilege,
      {
        ...ports,
        show: (events) => ports.show(events.map((event) => withOwnStatus(event, planned.id, (id) => this.owner(id)))),
      },
      kept?.pinnedAgainst ?? null,
    );
    if (kept) {
      compartment.restarts = kept.restarts;
      compartment.debug.restore(kept.debug);
      compartment.lastExit = kept.lastExit;
      if (kept.down) compartment.stayDown(kept.down);
    }
    this.compartments.set(planned.id, compartment);
    return compartment;
  }
}

/** Stays on the screen until a deploy was followed. */
function deployNotice(problem: string): RelayedEvent {
  const payload = problem === '' ? {} : { type: 'error', text: `This deploy was saved but does not run: ${problem}` };
  return { name: 'runtime-event', payload: { id: 'bulkhead-deploy', payload, retain: true } };
}

/** The tab that a node stands on; undefined for global config nodes and nodes inside subflows. */
function tabOf(node: FlowNode, byId: ReadonlyMap<string, FlowNode>): string | undefined {
  if (node.type === 'tab') return node.id;
  const holder = node.z === undefined ? undefined : byId.get(node.z);
  return holder?.type === 'tab' ? holder.id : undefined;
}

/** Resolves when `work` has, or after the time. */
async function within(ms: number, clock: Clock, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = clock.setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clock.clearTimeout(timer);
}
