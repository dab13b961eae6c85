import { createCommandButtons } from './command-buttons.ts';
import { createCrashList } from './crash-list.ts';
import { element, setText } from './element.ts';
import { exitLines } from './exit-line.ts';
import { createFigureGrid } from './figure-grid.ts';
import type { HouseApi } from './house-api.ts';
import { createLimitsForm } from './limits-form.ts';
import { createPrivilegeForm } from './privilege-form.ts';
import { createLogTail } from './log-tail.ts';
import type { CompartmentInfo, Plan, SetAside } from './model.ts';
import { createPolicyForm } from './policy-form.ts';
import { createPlanView } from './plan-view.ts';
import { problemWords, text } from './texts.ts';

/** How long a refused command stays in view. */
const saidForMs = 15_000;

/** Everything about one compartment, below its row. `changed` asks for fresh data after a command. */
export function createDetails(id: string, api: HouseApi, changed: () => void) {
  const problem = element('p', 'bulkhead-problem');
  problem.hidden = true;
  const notices = element('div', 'bulkhead-notices');
  const figures = createFigureGrid();
  const exit = element('div', 'bulkhead-last-exit');
  let unsay: ReturnType<typeof setTimeout> | undefined;
  const say = (message: string): void => {
    clearTimeout(unsay);
    setText(problem, message);
    problem.hidden = message === '';
    if (message !== '') unsay = setTimeout(() => say(''), saidForMs);
  };
  const commands = createCommandButtons(async (command) => {
    say('');
    await api.command(id, command);
    changed();
  }, say);
  const limits = createLimitsForm((wanted) => api.setLimits(id, wanted));
  const privilege = createPrivilegeForm((wanted) => api.setPrivilege(id, wanted));
  const reasons = createPlanView();
  const policy = createPolicyForm((wanted) => api.setPolicy(id, wanted));
  const crashes = createCrashList(changed, {
    message: (report) => api.crashMessage(id, report),
    resend: (report) => api.resend(id, report),
    remove: async (report) => {
      await api.deleteCrash(id, report);
      crashesKnown = -1;
      changed();
    },
    release: async (request) => {
      await api.release(request);
      changed();
    },
  });
  const log = createLogTail(changed);
  let crashesKnown = -1;

  /** Only what is unfolded is asked for; the number of crash reports only after another crash. */
  async function refresh(lastExitAt: number): Promise<void> {
    if (crashes.isOpen() || lastExitAt !== crashesKnown) crashes.show(await api.crashes(id));
    crashesKnown = lastExitAt;
    if (log.isOpen()) log.show(await api.log(id));
  }

  return {
    element: element(
      'div',
      'bulkhead-details',
      problem,
      notices,
      commands.element,
      figures.element,
      exit,
      reasons.element,
      limits.element,
      policy.element,
      privilege.element,
      crashes.element,
      log.element,
    ),
    /** Rejects when the log or the crash reports cannot be had; everything else is shown by then. */
    async show(compartment: CompartmentInfo, plan: Plan, setAside: readonly SetAside[]): Promise<void> {
      const lines = noticesOf(compartment, setAside.length);
      if (notices.textContent !== lines.join(''))
        notices.replaceChildren(...lines.map((line) => element('p', 'bulkhead-notice', line)));
      commands.show(compartment);
      figures.show(compartment);
      const { lastExit } = compartment;
      exit.hidden = lastExit === null;
      if (lastExit && exit.dataset['at'] !== String(lastExit.at)) {
        exit.dataset['at'] = String(lastExit.at);
        exit.replaceChildren(element('div', 'bulkhead-heading', text('exit.last')), ...exitLines(lastExit));
      }
      limits.show(compartment.limits, compartment.limitsBy);
      policy.show(compartment.policy);
      privilege.show(compartment.privilege, compartment.grants);
      reasons.show(compartment.id, plan);
      crashes.showSetAside(setAside);
      await refresh(lastExit?.at ?? 0);
    },
  };
}

function noticesOf(
  { cpuLimited, limits, pinned, quarantinedBecause, problems }: CompartmentInfo,
  setAside: number,
): string[] {
  return [
    ...(pinned ? [text('rollback.why')] : []),
    ...(quarantinedBecause === undefined ? [] : [text('quarantine.why', { because: quarantinedBecause })]),
    ...(setAside === 0 ? [] : [text('setAside.notice', { n: setAside })]),
    ...(cpuLimited ? [text('cpu.limited', { share: limits.cpuPercent })] : []),
    ...problems.map(problemWords),
  ];
}
