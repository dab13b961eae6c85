/** How long ago something was, in the page: it goes on by itself with every refresh of the sidebar. */
import { element, setText } from './element.ts';
import { ago, dateTime } from './figures.ts';

/** "3 min. ago", with date and time as its title; `at` in epoch ms. */
export function ageSince(at: number): HTMLElement {
  const time = element('time', 'bulkhead-time', ago(at));
  time.dataset['at'] = String(at);
  time.title = dateTime(at);
  return time;
}

/** Brings every age below `whole` up to now. */
export function bringAgesUpToDate(whole: HTMLElement): void {
  for (const time of whole.querySelectorAll<HTMLElement>('time.bulkhead-time[data-at]'))
    setText(time, ago(Number(time.dataset['at'])));
}
