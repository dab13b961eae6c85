import { text } from './sidebar/texts.ts';

/** Of the comms topic `bulkhead/safe-palette`: modules that the editor started without. */
export function leftOutModules(data: unknown): readonly string[] {
  return Array.isArray(data) ? data.filter((name) => typeof name === 'string') : [];
}

interface Notifier {
  notify(message: HTMLElement, options: object): { close(): void };
}

/** Stays until it is closed: a node type that is missing later is explained by nothing else. */
export function tellLeftOut(editor: Notifier, module: string): void {
  const message = document.createElement('p');
  message.textContent = text('safePalette.text', { module });
  const shown = editor.notify(message, {
    type: 'error',
    fixed: true,
    id: `bulkhead-safe-palette-${module}`,
    buttons: [{ text: text('safePalette.close'), click: () => shown.close() }],
  });
}
