/** What a server answers to bytes that no HTTP client would send, until it has closed or `enough` has come. */
import { connect } from 'node:net';

export interface RawQuestion {
  readonly port: number;
  readonly host?: string;
  /** An address of this machine to ask from. */
  readonly from?: string;
  readonly enough?: (text: string) => boolean;
}

export function askRaw(
  bytes: string,
  { port, host = '127.0.0.1', from, enough = () => false }: RawQuestion,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, ...(from === undefined ? {} : { localAddress: from }) });
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer in time; until then: ${text}`)));
    socket.on('connect', () => socket.write(Buffer.from(bytes, 'latin1')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (enough(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
