/** The optional last argument of the write functions of streams. */
export const isCallback = (value: unknown): value is () => void => typeof value === 'function';
