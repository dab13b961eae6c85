import type { Browsable, BrowseList } from './browse-list.ts';
import { button } from './tag-cells.ts';

export interface BrowseButtonOptions<Item extends Browsable> {
  /** The list is shown at its top. */
  host: JQuery;
  label: string;
  /** The node of that id, as the editor knows it. */
  nodeOf(id: string): unknown;
  /** There is no connection to browse. */
  warn(): void;
  /** Opens the list over the chosen connection node. */
  open(connection: object, close: () => void): BrowseList<Item>;
}

/** A button that opens what a device offers, to be picked into the table. */
export function browseButton<Item extends Browsable>(options: BrowseButtonOptions<Item>): HTMLElement {
  let shown: BrowseList<Item> | undefined;
  const close = (): void => {
    shown?.element.remove();
    shown = undefined;
  };
  const open = (): void => {
    close();
    const connection = options.nodeOf(String($('#node-input-connection').val() ?? ''));
    if (typeof connection !== 'object' || connection === null) {
      options.warn();
      return;
    }
    shown = options.open(connection, close);
    options.host.prepend(shown.element);
  };
  return button('search', options.label, open);
}
