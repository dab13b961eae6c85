/** The part of Node-RED's editor that the sidebar uses. */
export interface Editor {
  readonly comms: { subscribe(topic: string, listener: (topic: string, data: unknown) => void): void };
  readonly view: { reveal(id: string): void };
  readonly i18n: { lang(): string };
  readonly settings: { get(key: string): unknown };
  readonly user: { hasPermission(permission: string): boolean };
  readonly sidebar: { addTab(tab: SidebarTab): void; show(id: string): void };
  readonly actions: { add(name: string, handler: () => void, options?: { readonly label: string }): void };
}

export interface SidebarTab {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly iconClass: string;
  readonly content: HTMLElement;
  readonly action: string;
  /** Stays usable while an edit dialog is open. */
  readonly enableOnEdit: boolean;
}

declare const RED: Editor;

/** The editor of this page; only once `editorIsThere`. */
export const editor = (): Editor => RED;

/** True once the editor is drawn, its settings are known and sidebars can be added. */
export const editorIsThere = (): boolean =>
  typeof RED !== 'undefined' && document.querySelector('#red-ui-workspace-tabs .red-ui-tab') !== null;
