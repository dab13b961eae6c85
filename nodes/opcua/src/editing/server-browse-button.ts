import { browsePanel, type BrowsePanelOptions } from './browse-panel.ts';
import { type ServerPanelButton, serverPanelButton, type ServerPanelOptions } from './server-panel-button.ts';

export type ServerBrowseOptions = Omit<ServerPanelOptions, 'panel'> &
  Pick<BrowsePanelOptions, 'accepts' | 'isMultiple' | 'choose'>;

/** A button that opens what the server of the chosen connection offers. */
export function serverBrowseButton({
  accepts,
  isMultiple,
  choose,
  ...options
}: ServerBrowseOptions): ServerPanelButton {
  const { texts } = options;
  return serverPanelButton({
    ...options,
    panel: (asked, onClose) => browsePanel({ asked, texts, accepts, isMultiple, choose, onClose }),
  });
}
