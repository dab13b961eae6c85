import { type CrashActions, createCrashMessage } from './crash-message.ts';
import { element, foldable, setText } from './element.ts';
import { exitLines } from './exit-line.ts';
import type { CrashReport, SetAside } from './model.ts';
import { createSetAside } from './set-aside.ts';
import { text } from './texts.ts';

/** The crash reports of one compartment, newest first. What somebody unfolded stays unfolded over a refresh. */
export function createCrashList(onOpen: () => void, actions: CrashActions) {
  const { whole, body, count } = foldable(text('crashes.title'), (open) => open && onOpen());
  const setAside = createSetAside(actions.release);
  const reportsBody = element('div');
  body.append(setAside.element, reportsBody);
  const unfolded = new Set<string>();
  let shown = '';

  const entry = (report: CrashReport): HTMLElement => {
    const item = element('li', 'bulkhead-crash', ...exitLines(report));
    if (report.nodeId !== undefined && !report.nodeIsExact)
      item.append(element('p', 'bulkhead-quiet', text('crashes.lastNode')));
    item.append(createCrashMessage(report, actions));
    if (report.log.length === 0) return item;
    const tail = element('div', 'bulkhead-output', report.log.map((line) => line.text).join('\n'));
    const output = element('details', '', element('summary', '', text('crashes.output')), tail);
    output.open = unfolded.has(report.id);
    output.addEventListener('toggle', () => (output.open ? unfolded.add(report.id) : unfolded.delete(report.id)));
    item.append(output);
    return item;
  };

  return {
    element: whole,
    showSetAside: (requests: readonly SetAside[]): void => setAside.show(requests),
    isOpen: (): boolean => whole.open,
    show(reports: readonly CrashReport[]): void {
      setText(count, reports.length === 0 ? '' : String(reports.length));
      const content = JSON.stringify(reports);
      if (content === shown) return;
      shown = content;
      reportsBody.replaceChildren(
        reports.length === 0
          ? element('p', 'bulkhead-quiet', text('crashes.none'))
          : element('ul', 'bulkhead-crashes', ...reports.toReversed().map(entry)),
      );
    },
  };
}
