import { ageSince } from './age.ts';
import { element, setText } from './element.ts';
import { mayWrite } from './for-writers.ts';
import type { SetAside } from './model.ts';
import { text } from './texts.ts';

/** Requests that are refused because they ended their compartment; hidden while there are none. */
export function createSetAside(release: (id: string) => Promise<void>) {
  const verdict = element('p', 'bulkhead-verdict bulkhead-bad');
  const list = element('ul');
  const whole = element(
    'div',
    'bulkhead-set-aside',
    element('div', 'bulkhead-heading', text('setAside.title')),
    list,
    element('p', 'bulkhead-quiet', text('setAside.hint')),
    verdict,
  );
  let shown = '';

  const entry = ({ id, method, url, kills, lastAt, refused }: SetAside): HTMLElement => {
    const button = element('button', 'red-ui-button red-ui-button-small', text('setAside.release'));
    button.type = 'button';
    button.dataset['do'] = 'release';
    button.hidden = !mayWrite();
    button.addEventListener('click', () => {
      button.disabled = true;
      setText(verdict, '');
      release(id).catch((error: unknown) => {
        button.disabled = false;
        setText(verdict, error instanceof Error ? error.message : String(error));
      });
    });
    const counts = text('setAside.counts', { kills, refused });
    return element(
      'li',
      'bulkhead-crash',
      element('div', 'bulkhead-exit-head', element('code', 'bulkhead-request', `${method} ${url}`), ageSince(lastAt)),
      element('div', 'bulkhead-exit-head', element('span', 'bulkhead-detail', counts), button),
    );
  };

  return {
    element: whole,
    show(requests: readonly SetAside[]): void {
      whole.hidden = requests.length === 0;
      const content = JSON.stringify(requests);
      if (content === shown) return;
      shown = content;
      list.replaceChildren(...requests.toReversed().map(entry));
    },
  };
}
