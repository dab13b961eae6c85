/**
 * Runs in the browser, inside the Node-RED editor: the sidebar "Compartments".
 *
 * Figures are asked for every two seconds while somebody looks; states come at once over the editor's own connection.
 */
import * as v from 'valibot';
import { editor, editorIsThere } from './sidebar/editor-api.ts';
import { createHouseApi } from './sidebar/house-api.ts';
import { createList } from './sidebar/list.ts';
import { type CompartmentInfo, type Overview, overviewsSchema, type Plan, type SetAside } from './sidebar/model.ts';
import { addStyle } from './sidebar/style.ts';
import { text } from './sidebar/texts.ts';
import { whileVisible } from './sidebar/while-visible.ts';

const id = 'bulkhead-compartments';
const everyMs = 2_000;
const action = 'bulkhead:show-compartments-tab';

function start(): void {
  const RED = editor();
  const api = createHouseApi();
  let compartments: readonly CompartmentInfo[] = [];
  let plan: Plan = { compartments: [], conflicts: [], warnings: [] };
  let setAside: readonly SetAside[] = [];
  /** How many writes those answers know of. */
  let writesKnown = 0;

  const list = createList(api, () => polling.now());
  const tell = (error: unknown): void => list.problem(error instanceof Error ? error.message : String(error));
  const refresh = async (): Promise<void> => {
    try {
      const writes = api.writes();
      const answers = await Promise.all([api.compartments(), api.plan(), api.setAside()]);
      if (api.writes() !== writes) return polling.now();
      [compartments, plan, setAside] = answers;
      writesKnown = writes;
      await list.show(compartments, plan, setAside);
      list.problem('');
    } catch (error) {
      tell(error);
    }
  };

  addStyle();
  RED.actions.add(action, () => RED.sidebar.show(id), { label: text('title') });
  RED.sidebar.addTab({
    id,
    label: text('title'),
    name: text('title'),
    iconClass: 'fa fa-cubes',
    content: list.element,
    action,
    enableOnEdit: true,
  });
  const polling = whileVisible(list.element, everyMs, refresh);
  if (wasActive(RED.settings.get('editor.sidebar.state'))) RED.sidebar.show(id);

  RED.comms.subscribe('bulkhead/compartments', (_topic, data) => {
    const overviews = v.safeParse(overviewsSchema, data);
    if (!overviews.success) return;
    // What is known here is older than what was just saved: showing it would take that back.
    if (api.writes() !== writesKnown) return polling.now();
    const news = new Map(overviews.output.map((overview) => [overview.id, overview]));
    compartments = compartments.map((compartment) => withNews(compartment, news.get(compartment.id)));
    list.show(compartments, plan, setAside).catch(tell);
    polling.now();
  });
}

/** A process id goes with the state it was seen in. */
function withNews(compartment: CompartmentInfo, news: Overview | undefined): CompartmentInfo {
  if (!news) return compartment;
  const alive = news.state === 'running' || news.state === 'starting';
  return { ...compartment, ...news, pid: alive ? compartment.pid : null };
}

const section = v.optional(v.object({ active: v.nullish(v.string()), hidden: v.optional(v.boolean()) }));
const side = v.optional(v.object({ top: section, bottom: section }));
const sidebarState = v.object({ primary: side, secondary: side });

/** The editor restores the open sidebars before ours exists, so ours is opened again here. */
function wasActive(saved: unknown): boolean {
  const state = v.safeParse(sidebarState, saved);
  if (!state.success) return false;
  const { primary, secondary } = state.output;
  return [primary?.top, primary?.bottom, secondary?.top, secondary?.bottom].some(
    (part) => part?.active === id && part.hidden !== true,
  );
}

const waitForEditor = setInterval(() => {
  if (!editorIsThere()) return;
  clearInterval(waitForEditor);
  start();
}, 200);
