import { editor } from './editor-api.ts';
import { element } from './element.ts';
import { text } from './texts.ts';

/** Whether the login of this page may change flows, and with them what is set for a compartment. */
export const mayWrite = (): boolean => editor().user.hasPermission('flows.write');

/** Controls that a login which may only read sees, and cannot use. */
export function forWriters(controls: HTMLElement): HTMLElement {
  if (mayWrite()) return controls;
  const set = element('fieldset', 'bulkhead-read-only', controls);
  set.disabled = true;
  set.title = text('problem.notAllowed');
  return set;
}
