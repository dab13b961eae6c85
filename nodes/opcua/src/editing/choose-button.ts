import type { BrowsedNode } from '../probing/result.ts';
import { serverBrowseButton, type ServerBrowseOptions } from './server-browse-button.ts';
import type { ServerPanelButton } from './server-panel-button.ts';

export type ChooseOptions = Pick<ServerBrowseOptions, 'nodeOf' | 'warn' | 'texts' | 'accepts'> & {
  /** The field that takes the address of the node. */
  field: JQuery;
  /** Where the panel is shown: below the row of the field. */
  host: HTMLElement;
  label: string;
  chosen?(node: BrowsedNode): void;
};

/** A button beside a field for the address of one node, which somebody chooses from what the server offers. */
export function chooseButton({ field, chosen, ...options }: ChooseOptions): ServerPanelButton {
  const button = serverBrowseButton({
    ...options,
    isMultiple: false,
    choose([node]) {
      if (node === undefined) return;
      field.val(node.address).trigger('change');
      chosen?.(node);
    },
  });
  field.after(' ', button.element);
  return button;
}
