/** The detail of an exit without the stack in brackets, for where there is one line: the report and the log have it all. */
export function withoutStack(detail: string): string {
  return detail.replace(/ \(at .*$/s, '');
}

/** What a compartment says of an end that the supervisor asked for. */
export const endedAsAsked = 'ended as it was asked to';
