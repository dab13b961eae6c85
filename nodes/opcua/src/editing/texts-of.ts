export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** The texts of another node type of this palette, by its definition: what several dialogs say stands once. */
export function textsOf(definition: object, prefix: string): Translate {
  const own: unknown = Reflect.get(definition, '_');
  return (key, values) => {
    const full = `${prefix}.${key}`;
    const text: unknown = typeof own === 'function' ? Reflect.apply(own, definition, [full, values]) : full;
    return String(text);
  };
}

/** The texts below a key. */
export function within(translate: Translate, part: string): Translate {
  return (key, values) => translate(`${part}.${key}`, values);
}
