import { allowances, type Privilege, privilegeModes } from '../../protocol/privilege.ts';
import { element, foldable, setText } from './element.ts';
import { forWriters } from './for-writers.ts';
import type { GrantsInfo } from './model.ts';
import { text } from './texts.ts';

const linesOf = (field: HTMLTextAreaElement): string[] =>
  field.value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What the process of one compartment may do. What somebody is typing is not overwritten by a refresh. */
export function createPrivilegeForm(save: (privilege: Privilege) => Promise<void>) {
  const { whole, body } = foldable(text('privilege.title'));
  const form = element('form', 'bulkhead-limits');
  const now = element('p', 'bulkhead-quiet');
  const button = element('button', 'red-ui-button red-ui-button-small', text('privilege.save'));
  const verdict = element('span', 'bulkhead-verdict');
  const mode = element('select');
  mode.name = 'mode';
  for (const name of privilegeModes) {
    const option = element('option', '', text(`privilege.${name}`));
    option.value = name;
    mode.append(option);
  }
  const folders = (name: 'read' | 'write'): HTMLTextAreaElement => {
    const field = element('textarea');
    Object.assign(field, { name, rows: 2, spellcheck: false });
    return field;
  };
  const read = folders('read');
  const write = folders('write');
  const boxes = allowances.map((what) => {
    const box = element('input');
    Object.assign(box, { type: 'checkbox', name: what });
    return { what, box, label: element('label', 'bulkhead-wide', box, text(`privilege.${what}`)) };
  });
  let edited = false;

  const fill = (privilege: Privilege): void => {
    mode.value = privilege.mode;
    read.value = privilege.read.join('\n');
    write.value = privilege.write.join('\n');
    for (const { what, box } of boxes) box.checked = privilege.allow.includes(what);
  };
  form.addEventListener('input', () => {
    edited = true;
    button.disabled = false;
    setText(verdict, '');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    const chosen = privilegeModes.find((name) => name === mode.value) ?? 'derived';
    const allow = boxes.flatMap(({ what, box }) => (box.checked ? [what] : []));
    save({ mode: chosen, read: linesOf(read), write: linesOf(write), allow }).then(
      () => {
        edited = false;
        verdict.classList.remove('bulkhead-bad');
        setText(verdict, text('privilege.saved'));
      },
      (error: unknown) => {
        button.disabled = false;
        verdict.classList.add('bulkhead-bad');
        setText(verdict, error instanceof Error ? error.message : String(error));
      },
    );
  });
  button.disabled = true;
  form.append(
    now,
    element('label', 'bulkhead-wide', text('privilege.mode'), mode),
    element('label', 'bulkhead-wide', text('privilege.read'), read),
    element('label', 'bulkhead-wide', text('privilege.write'), write),
    ...boxes.map(({ label }) => label),
    element('div', 'bulkhead-form-end', button, verdict),
  );
  body.append(forWriters(form));

  return {
    element: whole,
    show(privilege: Privilege, grants: GrantsInfo | null): void {
      setText(now, grants === null ? '' : grantsText(grants));
      if (!edited) fill(privilege);
    },
  };
}

function grantsText({ unconfinedBecause, read, write, allow }: GrantsInfo): string {
  if (unconfinedBecause !== null) return text('privilege.unconfined', { because: unconfinedBecause });
  const nothing = text('privilege.nothing');
  const list = (names: readonly string[]): string => (names.length === 0 ? nothing : names.join(', '));
  return text('privilege.now', { read: list(read), write: list(write), allow: list(allow) });
}
