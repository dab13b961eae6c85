import { element, setText } from './element.ts';
import { ago, dateTime, megabytes, milliseconds, percent } from './figures.ts';
import type { CompartmentInfo } from './model.ts';
import { text, type TextKey } from './texts.ts';

interface Figure {
  readonly label: TextKey;
  readonly write: (compartment: CompartmentInfo) => string;
  /** 0 to 1 of what is allowed, drawn as a bar. */
  readonly part?: (compartment: CompartmentInfo) => number;
  readonly title?: (compartment: CompartmentInfo) => string;
  /** Says something about a compartment without a process, too. */
  readonly always?: boolean;
}

const bytesAllowed = ({ limits }: CompartmentInfo): number => limits.rssMb * 2 ** 20;

const figures: readonly Figure[] = [
  { label: 'figure.cpu', write: (it) => percent(it.cpuPercent), part: (it) => it.cpuPercent / it.limits.cpuPercent },
  {
    label: 'figure.memory',
    write: (it) => megabytes(it.memory.rssBytes),
    part: (it) => it.memory.rssBytes / bytesAllowed(it),
    title: (it) => text('figure.memoryOf', { used: megabytes(it.memory.rssBytes), limit: megabytes(bytesAllowed(it)) }),
  },
  {
    label: 'figure.files',
    write: (it) => (it.openFiles === null ? '–' : String(it.openFiles)),
    part: (it) => (it.openFiles ?? 0) / it.limits.openFiles,
    title: (it) => text('figure.memoryOf', { used: it.openFiles ?? 0, limit: it.limits.openFiles }),
  },
  { label: 'figure.eventLoop', write: (it) => milliseconds(it.eventLoop.p99Ms) },
  { label: 'figure.restarts', write: (it) => String(it.restarts), always: true },
  { label: 'figure.launcher', write: (it) => text(`launcher.${it.launcher}`), always: true },
  { label: 'figure.process', write: (it) => String(it.pid) },
  {
    label: 'figure.since',
    write: (it) => (it.startedAt === null ? '–' : ago(it.startedAt)),
    title: (it) => (it.startedAt === null ? '' : dateTime(it.startedAt)),
  },
];

/** CPU, memory, event loop and the like, two in a row. */
export function createFigureGrid() {
  const cells = figures.map((figure) => {
    const value = element('dd');
    const fill = element('span');
    const cell = element('div', '', element('dt', '', text(figure.label)), value);
    if (figure.part) cell.append(element('div', 'bulkhead-bar', fill));
    return { figure, cell, value, fill };
  });
  return {
    element: element('dl', 'bulkhead-figures', ...cells.map(({ cell }) => cell)),
    show(compartment: CompartmentInfo): void {
      for (const { figure, cell, value, fill } of cells) {
        cell.hidden = compartment.pid === null && figure.always !== true;
        if (cell.hidden) continue;
        setText(value, figure.write(compartment));
        if (figure.title) cell.title = figure.title(compartment);
        if (!figure.part) continue;
        const part = Math.min(1, figure.part(compartment));
        fill.style.width = `${part * 100}%`;
        fill.classList.toggle('bulkhead-high', part > 0.8);
      }
    },
  };
}
