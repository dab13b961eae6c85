import { element, foldable } from './element.ts';
import { dateTime, timeOfDay } from './figures.ts';
import type { LogLine } from './model.ts';
import { text } from './texts.ts';

/** The last lines that a compartment printed. Follows the end unless somebody scrolled up to read. */
export function createLogTail(onOpen: () => void) {
  const { whole, body } = foldable(text('log.title'), (open) => open && onOpen());
  const lines = element('div', 'bulkhead-output bulkhead-log');
  body.append(lines);
  let shown = '';

  const line = ({ at, stream, text: content }: LogLine): HTMLElement => {
    const time = element('time', '', timeOfDay(at));
    time.title = dateTime(at);
    return element('div', stream === 'stderr' ? 'bulkhead-stderr' : '', time, content);
  };

  return {
    element: whole,
    isOpen: (): boolean => whole.open,
    show(log: readonly LogLine[]): void {
      const last = log.at(-1);
      const content = `${log.length} ${last?.at} ${last?.text} ${log[0]?.at}`;
      if (content === shown) return;
      shown = content;
      const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
      lines.replaceChildren(...(log.length === 0 ? [element('p', 'bulkhead-quiet', text('log.none'))] : log.map(line)));
      if (atEnd) lines.scrollTop = lines.scrollHeight;
    },
  };
}
