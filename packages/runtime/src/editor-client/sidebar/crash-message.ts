import { element } from './element.ts';
import { mayWrite } from './for-writers.ts';
import type { CrashReport } from './model.ts';
import { text } from './texts.ts';

export interface CrashActions {
  /** The whole message in hand, as JSON. */
  message(report: string): Promise<unknown>;
  resend(report: string): Promise<void>;
  remove(report: string): Promise<void>;
  /** Lets a request pass again that was set aside. */
  release(request: string): Promise<void>;
}

/** A second click within this time means it. */
const meansItWithinMs = 5_000;

/** The message that a node held at a crash, and what can be done with the report. */
export function createCrashMessage(report: CrashReport, actions: CrashActions): HTMLElement {
  const verdict = element('span', 'bulkhead-verdict');
  const say = (message: string, good: boolean): void => {
    verdict.textContent = message;
    verdict.classList.toggle('bulkhead-bad', !good);
  };
  const button = (name: string, label: string, work: () => Promise<string>): HTMLButtonElement => {
    const made = element('button', 'red-ui-button red-ui-button-small', label);
    made.type = 'button';
    made.dataset['do'] = name;
    made.addEventListener('click', () => {
      made.disabled = true;
      work()
        .then(
          (done) => say(done, true),
          (error: unknown) => say(error instanceof Error ? error.message : String(error), false),
        )
        .finally(() => {
          made.disabled = false;
        });
    });
    return made;
  };

  const shown = element('div', 'bulkhead-output');
  shown.hidden = true;
  const look = button('look', text('crashes.look'), async () => {
    shown.hidden = !shown.hidden;
    if (!shown.hidden) shown.textContent = JSON.stringify(await actions.message(report.id), undefined, 2);
    return '';
  });
  const resend = button('resend', text('crashes.resend'), async () => {
    await actions.resend(report.id);
    return text('crashes.resent');
  });
  const { message } = report;
  resend.hidden = !mayWrite() || message === null || message.redacted || !message.complete;
  look.hidden = message === null;

  const remove = button('delete', text('crashes.delete'), async () => {
    if (remove.dataset['sure'] !== 'yes') {
      remove.dataset['sure'] = 'yes';
      remove.textContent = text('crashes.sure');
      setTimeout(() => {
        remove.dataset['sure'] = '';
        remove.textContent = text('crashes.delete');
      }, meansItWithinMs);
      return '';
    }
    await actions.remove(report.id);
    return '';
  });
  remove.hidden = !mayWrite();
  const notes = message === null ? [text('crashes.noMessage')] : [];
  if (message?.redacted) notes.push(text('crashes.redacted'));
  else if (message?.complete === false) notes.push(text('crashes.cut'));
  return element(
    'div',
    'bulkhead-in-hand',
    ...notes.map((note) => element('p', 'bulkhead-quiet', note)),
    ...(message === null ? [] : [element('code', 'bulkhead-preview', message.preview)]),
    element('div', 'bulkhead-form-end', look, resend, remove, verdict),
    shown,
  );
}
