/** One HTML element. Data goes in as text only, so nothing that a flow says can become markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

export const icon = (name: string): HTMLElement => element('i', `fa fa-${name}`);

/** Sets a text only if it changes: a selection inside of it survives a refresh. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Brings `parent` to exactly these children and moves only what is out of place. */
export function setChildren(parent: HTMLElement, children: readonly HTMLElement[]): void {
  for (const child of [...parent.children]) if (!children.some((wanted) => wanted === child)) child.remove();
  for (const [place, child] of children.entries()) {
    const here = parent.children[place] ?? null;
    if (here !== child) parent.insertBefore(child, here);
  }
}

/** A part that folds; `onToggle` hears whether it is open now. */
export function foldable(title: string, onToggle: (open: boolean) => void = () => {}) {
  const count = element('span', 'bulkhead-count');
  const body = element('div', 'bulkhead-fold-body');
  const whole = element('details', 'bulkhead-fold', element('summary', '', title, count), body);
  whole.addEventListener('toggle', () => onToggle(whole.open));
  return { whole, body, count };
}
