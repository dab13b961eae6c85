import { element, setText } from './element.ts';
import { ago, dateTime, megabytes, milliseconds, percent } from './figures.ts';
import type { CompartmentInfo } from './model.ts';
import { text, type TextKey } from './texts.ts';

interface Figure {
  readonly label: TextKey;
  readonly write: (compartment: CompartmentInfo) => string;
  /** 0 to 1 of what is allowed, drawn as a bar. */
  readonly part?: (compartment: CompartmentInfo) => number;
}

const none = '–';
const alive = ({ pid }: CompartmentInfo): boolean => pid !== null;
const bytesAllowed = ({ limits }: CompartmentInfo): number => limits.rssMb * 2 ** 20;

const figures: readonly Figure[] = [
  {
    label: 'figure.cpu',
    write: (it) => (alive(it) ? percent(it.cpuPercent) : none),
    part: (it) => it.cpuPercent / 100,
  },
  {
    label: 'figure.memory',
    write: (it) =>
      alive(it)
        ? text('figure.memoryOf', { used: megabytes(it.memory.rssBytes), limit: megabytes(bytesAllowed(it)) })
        : none,
    part: (it) => it.memory.rssBytes / bytesAllowed(it),
  },
  { label: 'figure.eventLoop', write: (it) => (alive(it) ? milliseconds(it.eventLoop.p99Ms) : none) },
  { label: 'figure.restarts', write: (it) => String(it.restarts) },
  { label: 'figure.process', write: (it) => (it.pid === null ? none : String(it.pid)) },
  { label: 'figure.since', write: (it) => (it.startedAt === null ? none : ago(it.startedAt)) },
];

/** CPU, memory, event loop and the like, two in a row. */
export function createFigureGrid() {
  const whole = element('dl', 'bulkhead-figures');
  const cells = figures.map((figure) => {
    const value = element('dd');
    const fill = element('span');
    const cell = element('div', '', element('dt', '', text(figure.label)), value);
    if (figure.part) cell.append(element('div', 'bulkhead-bar', fill));
    whole.append(cell);
    return { figure, value, fill };
  });
  return {
    element: whole,
    show(compartment: CompartmentInfo): void {
      for (const { figure, value, fill } of cells) {
        setText(value, figure.write(compartment));
        if (figure.label === 'figure.since' && compartment.startedAt !== null)
          value.title = dateTime(compartment.startedAt);
        if (!figure.part) continue;
        const part = alive(compartment) ? Math.min(1, figure.part(compartment)) : 0;
        fill.style.width = `${part * 100}%`;
        fill.classList.toggle('bulkhead-high', part > 0.8);
      }
    },
  };
}
