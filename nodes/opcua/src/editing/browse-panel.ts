import { button } from '@bulkhead/node-kit/editor';
import type { BrowsedNode, ProbeResult } from '../probing/result.ts';
import { type AskedConnection, openServerDialog } from './ask-server.ts';
import { browseTree, type Page } from './browse-tree.ts';
import { failureText } from './failure-text.ts';
import { type Translate, within } from './texts-of.ts';

export interface BrowsePanelOptions {
  asked: AskedConnection;
  /** Of the keys of `opcua-connection`. */
  texts: Translate;
  /** Which nodes can be chosen. */
  accepts(node: BrowsedNode): boolean;
  isMultiple: boolean;
  /** Takes what was chosen; `details` are those of the variables among them. */
  choose(picked: readonly BrowsedNode[], details: ReadonlyMap<string, { unit: string; range: string }>): void;
  onClose(): void;
}

interface BrowsePanel {
  element: HTMLElement;
  close(): void;
}

function div(css: string, className = ''): HTMLDivElement {
  const element = document.createElement('div');
  element.style.cssText = css;
  element.className = className;
  return element;
}

/** What a server offers, to choose from: its tree, a search, the present values. */
export function browsePanel(options: BrowsePanelOptions): BrowsePanel {
  const { asked, texts } = options;
  const translate = within(texts, 'browse');
  const server = openServerDialog();
  let picked: readonly BrowsedNode[] = [];

  const element = div(
    'border: 1px solid var(--red-ui-form-input-border-color, #ccc); border-radius: 4px; padding: 8px; margin-bottom: 8px;',
    'opcua-browse',
  );
  const bar = div('display: flex; gap: 6px; align-items: center; margin-bottom: 6px;');
  const words = document.createElement('input');
  words.type = 'text';
  words.placeholder = translate('words');
  words.style.width = '240px';
  const message = document.createElement('span');
  message.style.cssText = 'opacity: 0.85; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;';
  const list = div('height: 240px; position: relative;');
  const foot = div('display: flex; gap: 6px; margin-top: 6px; align-items: center;');
  const count = document.createElement('span');
  count.style.opacity = '0.7';

  const say = (text: string): void => {
    message.textContent = text;
    message.title = text;
  };
  const showCount = (): void => {
    count.textContent = picked.length === 0 ? '' : translate('picked', { count: picked.length });
  };

  /** Rejects with a reason for a person. */
  const askFor = async (question: object): Promise<ProbeResult> => {
    const answer = await server.ask(asked, question);
    if (!answer.ok) throw new Error(translate('unreachable', { reason: answer.reason }));
    const { result } = answer;
    if (result.kind === 'failed') throw new Error(translate('unreachable', { reason: failureText(result, texts) }));
    return result;
  };
  const pageOf = (result: ProbeResult): Page => (result.kind === 'nodes' ? result : { nodes: [], more: 0 });

  const tree = browseTree({
    host: list,
    accepts: options.accepts,
    isMultiple: options.isMultiple,
    translate,
    children: async (parent, more) =>
      pageOf(await askFor({ kind: 'children', parent: parent?.address ?? '', path: parent?.path ?? [], more })),
    onPick(nodes) {
      picked = nodes;
      showCount();
    },
  });

  const searchOn = async (more: number): Promise<Page> => {
    const result = await askFor({ kind: 'search', words: words.value, more });
    if (result.kind === 'nodes') {
      say(translate(result.more === 0 ? 'searched' : 'searching', { examined: result.examined }));
    }
    return pageOf(result);
  };
  const search = async (): Promise<void> => {
    if (words.value.trim() === '') {
      say('');
      tree.showTop();
      return;
    }
    say(translate('running'));
    try {
      tree.showFound(await searchOn(0), searchOn);
    } catch (problem) {
      say(problem instanceof Error ? problem.message : String(problem));
    }
  };

  const close = (): void => {
    server.close();
    element.remove();
    options.onClose();
  };
  const choose = async (): Promise<void> => {
    const nodes = picked;
    const variables = nodes.filter(({ nodeClass }) => nodeClass === 'variable').map(({ address }) => address);
    const details = new Map<string, { unit: string; range: string }>();
    say(translate('running'));
    try {
      const result = variables.length === 0 ? undefined : await askFor({ kind: 'details', nodes: variables });
      if (result?.kind === 'details') {
        for (const [index, address] of variables.entries()) {
          const found = result.details[index];
          if (found !== undefined) details.set(address, found);
        }
      }
    } catch {
      // The table has a column for each: without an answer they are typed.
    }
    options.choose(nodes, details);
    close();
  };

  words.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    void search();
  });
  bar.append(
    words,
    button('search', translate('search'), () => void search()),
    message,
  );
  foot.append(
    button('plus', translate('choose'), () => void choose()),
    button('times', translate('close'), close),
    count,
  );
  element.append(bar, list, foot);
  tree.showTop();
  return { element, close };
}
