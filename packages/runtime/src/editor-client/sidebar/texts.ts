/** Texts of the sidebar in the language of the editor. */
import type { ProblemInfo } from './model.ts';
import { editor } from './editor-api.ts';
import { german } from './texts-de.ts';
import { english } from './texts-en-us.ts';

export type TextKey = keyof typeof english;

const catalogues: Readonly<Record<string, Readonly<Record<TextKey, string>>>> = { 'en-US': english, de: german };

/** BCP 47 tag of the editor's language, such as `de`. */
export const language = (): string => editor().i18n.lang();

/**
 * One text; `__name__` in it becomes `values.name`, as in Node-RED's own catalogues. Where `values.n` is 1, the text of
 * `KEY.one` is taken, if there is one: both languages have one other form, for all other numbers.
 */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const one = `${key}.one`;
  const template = (catalogues[language()] ?? english)[values['n'] === 1 && isKey(one) ? one : key];
  return template.replace(/__(\w+?)__/g, (_all, name: string) => String(values[name] ?? ''));
}

/** A text whose key is made from data; the data itself where there is no such text. */
export function textOr(prefix: 'state' | 'reason' | 'union', name: string): string {
  const key = `${prefix}.${name}`;
  return isKey(key) ? text(key) : name;
}

/** What of the flows does not run, and why. */
export function problemWords({ kind, names, because, message }: ProblemInfo): string {
  const key = `flows.${kind}`;
  return isKey(key) ? text(key, { names, because }) : message;
}

const isKey = (key: string): key is TextKey => key in english;
