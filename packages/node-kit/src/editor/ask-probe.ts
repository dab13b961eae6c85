import { parseProbeAnswer, type ProbeAnswer } from '../probing/probe-answer.ts';

const failed = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/**
 * Asks a device, through a process that the server starts for it. Never rejects.
 * @param url of the palette's route, as `s7-connection/probe`.
 */
export function askProbe<Result>(
  url: string,
  question: object,
  parseResult: (result: unknown) => Result | undefined,
): Promise<ProbeAnswer<Result>> {
  return new Promise((resolve) => {
    $.ajax({
      url,
      type: 'POST',
      contentType: 'application/json; charset=utf-8',
      data: JSON.stringify(question),
      success: (answer: unknown) =>
        resolve(parseProbeAnswer(answer, parseResult) ?? failed('the answer cannot be read')),
      error: ({ status, responseText = '' }: { status: number; responseText?: string }) =>
        resolve(failed(status === 0 ? 'the server cannot be reached' : `${status} ${responseText}`)),
    });
  });
}
