import { bringAgesUpToDate } from './age.ts';
import { element, setChildren, setText } from './element.ts';
import type { HouseApi } from './house-api.ts';
import type { CompartmentInfo, Plan, SetAside } from './model.ts';
import { createPlanWarnings } from './plan-warnings.ts';
import { createRow } from './row.ts';
import { createSetAside } from './set-aside.ts';
import { text } from './texts.ts';

type Row = ReturnType<typeof createRow>;

/** The whole sidebar: how many run, what is wrong with the connection, and one row per compartment. */
export function createList(api: HouseApi, changed: () => void) {
  const summary = element('div', 'bulkhead-overview');
  const problem = element('p', 'bulkhead-problem');
  problem.hidden = true;
  const warnings = createPlanWarnings();
  // Of compartments that are no more: their addresses may still be served by others.
  const strays = createSetAside(async (request) => {
    await api.release(request);
    changed();
  });
  const rows = new Map<string, Row>();
  const list = element('ul', 'bulkhead-compartments');
  const whole = element('div', 'bulkhead-sidebar', summary, problem, warnings.element, strays.element, list);

  const rowOf = (id: string): Row => {
    const row = rows.get(id) ?? createRow(id, api, changed);
    rows.set(id, row);
    return row;
  };

  return {
    element: whole,
    /** Shows what went wrong; an empty text when nothing does any more. */
    problem(message: string): void {
      setText(problem, message);
      problem.hidden = message === '';
      whole.classList.toggle('bulkhead-old', message !== '');
    },
    async show(compartments: readonly CompartmentInfo[], plan: Plan, setAside: readonly SetAside[]): Promise<void> {
      const running = compartments.filter(
        ({ state, silent, problems }) => state === 'running' && !silent && problems.length === 0,
      ).length;
      setText(
        summary,
        compartments.length === 0
          ? text('summary.none')
          : text('summary.running', { running, all: compartments.length }),
      );
      summary.classList.toggle('bulkhead-empty', compartments.length === 0);
      const ids = new Set(compartments.map(({ id }) => id));
      for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
      setChildren(
        list,
        compartments.map(({ id }) => rowOf(id).element),
      );
      bringAgesUpToDate(whole);
      warnings.show(plan);
      strays.show(setAside.filter(({ compartmentId }) => !ids.has(compartmentId)));
      await Promise.all(
        compartments.map((it) =>
          rowOf(it.id).show(
            it,
            plan,
            setAside.filter(({ compartmentId }) => compartmentId === it.id),
          ),
        ),
      );
    },
  };
}
