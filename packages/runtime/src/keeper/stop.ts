/**
 * The clean stop: first the flows drain, led by the supervisor, then the processes end in an order in which nobody
 * loses the service it still needs. Every step is bounded; who does not end in time is killed.
 */
import type { ChildStatus } from '../protocol/messages.ts';
import type { Children } from './children.ts';

export interface StopPlan {
  /** Service names in start order. */
  readonly services: readonly string[];
  readonly drainMs: number;
  readonly editorMs: number;
  readonly compartmentMs: number;
  readonly serviceMs: number;
  readonly supervisorMs: number;
}

/** PostgreSQL writes a checkpoint when it stops, which takes long on a slow disk; the others are done in milliseconds. */
export const defaultStopPlan: Omit<StopPlan, 'services'> = {
  drainMs: 20_000,
  editorMs: 3_000,
  compartmentMs: 5_000,
  serviceMs: 10_000,
  supervisorMs: 3_000,
};

export interface StopStep {
  readonly names: readonly string[];
  readonly withinMs: number;
}

/** Who ends when, of those that run: editor, compartments, services backwards one by one, supervisor. Pure. */
export function stopSteps(plan: StopPlan, running: readonly Pick<ChildStatus, 'name' | 'role'>[]): readonly StopStep[] {
  const of = (role: ChildStatus['role']): string[] =>
    running.filter((child) => child.role === role).map((child) => child.name);
  const services = of('service').filter((name) => !plan.services.includes(name));
  const ordered = plan.services.toReversed().filter((name) => running.some((child) => child.name === name));
  return [
    { names: of('editor'), withinMs: plan.editorMs },
    { names: [...of('compartment'), ...of('spare')], withinMs: plan.compartmentMs },
    ...[...services, ...ordered].map((name) => ({ names: [name], withinMs: plan.serviceMs })),
    { names: of('supervisor'), withinMs: plan.supervisorMs },
  ].filter((step) => step.names.length > 0);
}

const stopped = { reason: 'exit', detail: 'stopped' } as const;
const afterKillMs = 2_000;

/** True when everybody ended in time. */
export async function endStep(
  step: StopStep,
  children: Children,
  signalOf: (name: string) => NodeJS.Signals,
): Promise<boolean> {
  const ends = await Promise.all(
    step.names.map(async (name) => {
      children.stayDown(name);
      children.kill(name, signalOf(name), stopped);
      if (await children.ended(name, step.withinMs)) return true;
      children.kill(name, 'SIGKILL', { reason: 'signal', detail: 'did not stop in time' });
      await children.ended(name, afterKillMs);
      return false;
    }),
  );
  return ends.every(Boolean);
}
