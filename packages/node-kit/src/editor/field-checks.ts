interface Limits {
  min: number;
  max: number;
  whole?: boolean;
}

export function isWithin({ min, max, whole = false }: Limits, value: string): boolean {
  const number = Number(value);
  return (
    value !== '' && Number.isFinite(number) && (!whole || Number.isInteger(number)) && number >= min && number <= max
  );
}

/**
 * Also `${NAME}`, which Node-RED fills in from the environment; and nothing at all, as in a flow from before there was
 * this property: the node takes its default then.
 */
export function isWithinOrVariable(limits: Limits, isOptional = false): (value: string | undefined) => boolean {
  return (value) =>
    value === undefined || (isOptional && value === '') || /^\$\{\w+\}$/.test(value) || isWithin(limits, value);
}
