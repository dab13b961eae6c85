/** Something a command cannot do, in one line for a person; the kind decides the exit code. */
export class CommandError extends Error {
  readonly kind: 'failed' | 'usage';

  constructor(message: string, kind: 'failed' | 'usage' = 'failed') {
    super(message);
    this.kind = kind;
  }
}
