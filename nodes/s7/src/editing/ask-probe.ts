import { parseProbeAnswer, type ProbeAnswer, type ProbeQuestion } from '../probing/question.ts';

const failed = (reason: string): ProbeAnswer => ({ ok: false, reason });

/** Asks the PLC, through a process that the runtime starts for it. Never rejects. */
export function askProbe(question: ProbeQuestion): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    $.ajax({
      url: 's7-connection/probe',
      type: 'POST',
      contentType: 'application/json; charset=utf-8',
      data: JSON.stringify(question),
      success: (answer: unknown) => resolve(parseProbeAnswer(answer) ?? failed('the answer cannot be read')),
      error: (request: { status: number; responseText?: string }) => {
        resolve(
          failed(
            request.status === 0 ? 'the server cannot be reached' : `${request.status} ${request.responseText ?? ''}`,
          ),
        );
      },
    });
  });
}
