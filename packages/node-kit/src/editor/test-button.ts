import { button } from './tag-cells.ts';

/**
 * A button that tests a connection as its form describes it. What came of it stands beside the button until something in
 * the form changes, since it says nothing of what is written there then.
 */
export function testButton(
  host: JQuery,
  texts: { button: string; running: string },
  /** Resolves to what came of it. Never rejects. */
  test: () => Promise<string>,
): void {
  const result = document.createElement('span');
  result.className = 'note';
  let latest = 0;
  const show = (text: string): number => {
    result.textContent = text;
    latest += 1;
    return latest;
  };
  const run = async (): Promise<void> => {
    const mine = show(texts.running);
    const text = await test();
    if (mine === latest) show(text);
  };
  host.append(
    button('plug', texts.button, () => void run()),
    result,
  );
  host.closest('form').on('input change', () => void show(''));
}
