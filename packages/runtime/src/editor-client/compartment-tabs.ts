/**
 * Runs in the browser, inside the Node-RED editor: a dot on every tab that says how its compartment is, and one
 * notification per crash with a link to the node that did it.
 *
 * Fed by the retained topic `bulkhead/compartments` and by `bulkhead/crash`.
 */
import { isPlan, planNotice } from './plan-notice.ts';
import { withoutStack } from '../protocol/exit-detail.ts';
import { type Contention, contentionWords, type Crash, crashWords } from './crash-notice.ts';
import { leftOutModules, tellLeftOut } from './safe-palette-notice.ts';
import { statesOfHouse } from './sidebar/house-api.ts';
import type { CompartmentInfo, ProblemInfo } from './sidebar/model.ts';
import { problemWords, text, textOr } from './sidebar/texts.ts';

interface Overview {
  readonly id: string;
  readonly name: string;
  readonly tabs: readonly string[];
  /** Tabs of which some nodes, the widgets of a dashboard, run here. */
  readonly guests?: readonly string[];
  readonly state: string;
  /** It runs, and has given no sign of life for some seconds. */
  readonly silent: boolean;
  /** It runs earlier flows than the editor shows. */
  readonly pinned: boolean;
  readonly restarts: number;
  readonly lastExit: {
    readonly reason: string;
    readonly detail: string;
    readonly nodeName?: string;
    readonly nodeIsExact?: boolean;
  } | null;
  /** Why flows that were deployed do not run, or not all of them, though the process does. */
  readonly problems: readonly ProblemInfo[];
}

interface EditorApi {
  readonly comms: { subscribe(topic: string, listener: (topic: string, data: unknown) => void): void };
  readonly view: { reveal(id: string): void };
  notify(
    message: HTMLElement | string,
    options: { type?: string; timeout?: number; fixed?: boolean; id?: string },
  ): { close(): void };
}

declare const RED: EditorApi;

const colours: Readonly<Record<string, string>> = {
  running: '#3aa657',
  starting: '#e0a800',
  'backing-off': '#d9534f',
  quarantined: '#d9534f',
  stopped: '#9aa0a6',
  crashed: '#d9534f',
  problem: '#e0a800',
  silent: '#e0a800',
  unknown: '#9aa0a6',
};

/** A quarantine needs a person, and a rollback must not be forgotten: more than a colour. */
function drawBadge(label: Element, overview: Overview): void {
  const badge = label.querySelector('.bulkhead-badge');
  const quarantined = overview.state === 'quarantined';
  if (!quarantined && !overview.pinned) return badge?.remove();
  const drawn = badge ?? document.createElement('i');
  drawn.className = `bulkhead-badge fa ${quarantined ? 'fa-exclamation-triangle' : 'fa-history'}`;
  drawn.setAttribute('style', `margin-left:6px;color:${colours[quarantined ? 'quarantined' : 'starting']}`);
  drawn.setAttribute('title', words(overview));
  if (!badge) label.append(drawn);
}

/** A crash stays visible on its tab at least this long, even if the compartment is back within 300 ms. */
const crashShownMs = 3_000;
const crashedAt = new Map<string, number>();
let latest: readonly Overview[] = [];
/** Of a house that does not answer nobody knows what runs. */
let answers = true;
const askEveryMs = 3_000;

function words(overview: Overview): string {
  const state = textOr('state', overview.silent ? 'silent' : overview.state);
  const lines = answers
    ? [`${overview.name}: ${state}`]
    : [`${overview.name}: ${text('state.unknown')} (${state})`, text('problem.noAnswer')];
  if (answers && overview.silent) lines.push(text('silent.why'));
  if (overview.pinned) lines.push(text('rollback.why'));
  if (overview.restarts > 0) lines.push(text('tab.restarts', { n: overview.restarts }));
  if (overview.lastExit) {
    const { reason, detail, nodeName, nodeIsExact } = overview.lastExit;
    const node = nodeName !== undefined && nodeIsExact !== false ? ` ${text('exit.in')} "${nodeName}"` : '';
    lines.push(`${text('tab.lastExit', { reason: textOr('reason', reason) })}${node}: ${withoutStack(detail)}`);
    if (nodeName !== undefined && nodeIsExact === false) lines.push(`${text('crash.lastNode')} "${nodeName}"`);
  }
  lines.push(...overview.problems.map(problemWords));
  return lines.join('\n');
}

function shownState({ id, state, silent, problems }: Overview, now: number): string {
  if (!answers) return 'unknown';
  if (now - (crashedAt.get(id) ?? 0) < crashShownMs) return 'crashed';
  if (silent) return 'silent';
  return problems.length > 0 ? 'problem' : state;
}

function draw(): void {
  const now = Date.now();
  for (const overview of latest) {
    const state = shownState(overview, now);
    const colour = colours[state];
    for (const tab of overview.tabs) {
      const label = labelOf(tab);
      if (!label) continue;
      drawDot(label, 'bulkhead-dot', 'border-radius:50%', colour, state, overview);
      drawBadge(label, overview);
    }
    for (const tab of overview.guests ?? []) {
      const label = labelOf(tab);
      if (!label) continue;
      const own = label.querySelector('.bulkhead-dot');
      const dot = drawDot(label, 'bulkhead-guest-dot', 'border-radius:2px', colour, state, overview);
      if (own && own.nextElementSibling !== dot) own.after(dot);
    }
  }
  const shared = new Set(latest.flatMap(({ guests }) => guests ?? []).map(elementIdOf));
  for (const dot of document.querySelectorAll('.bulkhead-guest-dot')) {
    const tab = dot.closest('[id^="red-ui-tab-"]');
    if (tab === null || !shared.has(tab.id)) dot.remove();
  }
}

/** Ids of old flow files have a dot, of which the editor makes a dash. */
const elementIdOf = (tab: string): string => `red-ui-tab-${tab.replace('.', '-')}`;

const labelOf = (tab: string): Element | null =>
  document.getElementById(elementIdOf(tab))?.querySelector('.red-ui-tab-label') ?? null;

function drawDot(
  label: Element,
  className: string,
  shape: string,
  colour: string | undefined,
  state: string,
  overview: Overview,
): HTMLElement {
  let dot = label.querySelector<HTMLElement>(`.${className}`);
  if (!dot) {
    dot = document.createElement('span');
    dot.className = className;
    dot.style.cssText = `display:inline-block;width:8px;height:8px;${shape};margin-right:6px;flex:none`;
    label.prepend(dot);
  }
  dot.style.background = state === 'unknown' ? 'transparent' : (colour ?? '#9aa0a6');
  dot.style.boxShadow = state === 'unknown' ? `inset 0 0 0 2px ${colour}` : '';
  dot.dataset['state'] = state;
  dot.title = words(overview);
  return dot;
}

function isOverviews(data: unknown): data is Overview[] {
  return (
    Array.isArray(data) &&
    data.every((entry: unknown) => typeof entry === 'object' && entry !== null && 'tabs' in entry)
  );
}

function isCrash(data: unknown): data is Crash {
  return typeof data === 'object' && data !== null && 'compartment' in data && 'reason' in data;
}

function isContention(data: unknown): data is Contention {
  return typeof data === 'object' && data !== null && 'key' in data && 'names' in data && Array.isArray(data.names);
}

const withState = (overview: Overview, news: CompartmentInfo | undefined): Overview =>
  news === undefined
    ? overview
    : { ...overview, state: news.state, silent: news.silent, pinned: news.pinned, problems: news.problems };

/** Also what a sleeping computer missed is noticed when it wakes up. */
async function askTheHouse(): Promise<void> {
  if (document.hidden) return;
  const before = answers;
  const states = await statesOfHouse();
  answers = states !== undefined;
  // While nothing was heard it may have changed, and the editor's own connection need not be back.
  if (!before && states) {
    const news = new Map(states.map((state) => [state.id, state]));
    latest = latest.map((overview) => withState(overview, news.get(overview.id)));
  }
  if (answers !== before) draw();
}

function start(): void {
  RED.comms.subscribe('bulkhead/compartments', (_topic, data) => {
    if (!isOverviews(data)) return;
    latest = data;
    answers = true;
    draw();
  });
  RED.comms.subscribe('bulkhead/crash', (_topic, data) => {
    if (!isCrash(data)) return;
    crashedAt.set(data.compartment, Date.now());
    RED.notify(crashWords(data), {
      type: data.next === 'quarantined' ? 'error' : 'warning',
      timeout: 8_000,
      id: `bulkhead-crash-${data.compartment}`,
    });
    draw();
  });
  RED.comms.subscribe('bulkhead/global-contention', (_topic, data) => {
    if (!isContention(data)) return;
    RED.notify(contentionWords(data), { type: 'warning', timeout: 12_000, id: `bulkhead-contention-${data.key}` });
  });
  RED.comms.subscribe('bulkhead/safe-palette', (_topic, data) => {
    for (const module of leftOutModules(data)) tellLeftOut(RED, module);
  });
  RED.comms.subscribe('bulkhead/plan', (_topic, data) => {
    if (isPlan(data)) RED.notify(planNotice(data), { type: 'warning', timeout: 20_000, id: 'bulkhead-plan' });
  });
  // Tabs are drawn anew when flows are imported or renamed; repainting is idempotent and cheap.
  setInterval(draw, 1_000);
  setInterval(() => void askTheHouse(), askEveryMs);
}

const waitForEditor = setInterval(() => {
  if (typeof RED === 'undefined' || !RED.comms || !document.querySelector('#red-ui-workspace-tabs')) return;
  clearInterval(waitForEditor);
  start();
}, 200);
