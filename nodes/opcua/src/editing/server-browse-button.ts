import { button } from '@bulkhead/node-kit/editor';
import type { BrowsedNode } from '../probing/result.ts';
import { connectionOfNode } from './ask-server.ts';
import { type BrowsePanel, browsePanel, type BrowsePanelOptions } from './browse-panel.ts';
import type { Translate } from './texts-of.ts';

type Chosen = Parameters<BrowsePanelOptions['choose']>;

export interface ServerBrowseOptions {
  /** The panel is shown at its top. */
  host: HTMLElement;
  label: string;
  /** The node of that id, as the editor knows it. */
  nodeOf(id: string): unknown;
  warn(text: string): void;
  /** Of the keys of `opcua-connection`. */
  texts: Translate;
  accepts(node: BrowsedNode): boolean;
  isMultiple: boolean;
  choose(...chosen: Chosen): void;
}

export interface ServerBrowseButton {
  element: HTMLElement;
  /** Ends what is open, with the dialog of the node. */
  close(): void;
}

/** A button that opens what the server of the chosen connection offers. */
export function serverBrowseButton(options: ServerBrowseOptions): ServerBrowseButton {
  let shown: BrowsePanel | undefined;
  const close = (): void => shown?.close();
  const open = (): void => {
    close();
    const connection = options.nodeOf(String($('#node-input-connection').val() ?? ''));
    if (typeof connection !== 'object' || connection === null) {
      options.warn(options.texts('browse.noConnection'));
      return;
    }
    shown = browsePanel({
      asked: connectionOfNode(connection),
      texts: options.texts,
      accepts: options.accepts,
      isMultiple: options.isMultiple,
      choose: options.choose,
      onClose: () => {
        shown = undefined;
      },
    });
    options.host.prepend(shown.element);
  };
  return { element: button('search', options.label, open), close };
}
