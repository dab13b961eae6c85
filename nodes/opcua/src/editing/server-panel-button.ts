import { button } from '@bulkhead/node-kit/editor';
import { type AskedConnection, connectionOfNode } from './ask-server.ts';
import type { Translate } from './texts-of.ts';

/** What a button opens over a server. */
export interface ServerPanel {
  element: HTMLElement;
  close(): void;
}

export interface ServerPanelOptions {
  /** The panel is shown at its top. */
  host: HTMLElement;
  label: string;
  /** The node of that id, as the editor knows it. */
  nodeOf(id: string): unknown;
  warn(text: string): void;
  /** Of the keys of `opcua-connection`. */
  texts: Translate;
  panel(asked: AskedConnection, onClose: () => void): ServerPanel;
}

export interface ServerPanelButton {
  element: HTMLElement;
  /** Ends what is open, with the dialog of the node. */
  close(): void;
}

/** A button that opens a panel over the server of the chosen connection. */
export function serverPanelButton(options: ServerPanelOptions): ServerPanelButton {
  let shown: ServerPanel | undefined;
  const close = (): void => shown?.close();
  const open = (): void => {
    close();
    const connection = options.nodeOf(String($('#node-input-connection').val() ?? ''));
    if (typeof connection !== 'object' || connection === null) {
      options.warn(options.texts('browse.noConnection'));
      return;
    }
    shown = options.panel(connectionOfNode(connection), () => {
      shown = undefined;
    });
    options.host.prepend(shown.element);
  };
  return { element: button('search', options.label, open), close };
}
