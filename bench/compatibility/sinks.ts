/** Servers that only write down what they are sent. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';

export interface Sink {
  close(): Promise<void>;
}

/** Answers every request as an InfluxDB 1 answers a write. */
export async function startHttpSink(port: number, onRequest: (what: string, body: string) => void): Promise<Sink> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      onRequest(`${request.method} ${request.url}`, body);
      response.writeHead(204).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Takes mails from everybody; calls back with the envelope and text of each. RFC 5321 without extensions. */
export async function startMailSink(port: number, onMail: (lines: readonly string[]) => void): Promise<Sink> {
  const server = createTcpServer((socket) => {
    let rest = '';
    let lines: string[] = [];
    let inText = false;
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.write('220 sink\r\n');
    const take = (line: string): void => {
      if (inText) {
        if (line !== '.') return void lines.push(line);
        inText = false;
        onMail(lines);
        lines = [];
        socket.write('250 taken\r\n');
        return;
      }
      const command = line.slice(0, 4).toUpperCase();
      if (command === 'MAIL' || command === 'RCPT') lines.push(line);
      if (command === 'DATA') inText = true;
      socket.write(command === 'DATA' ? '354 go on\r\n' : command === 'QUIT' ? '221 bye\r\n' : '250 good\r\n');
    };
    socket.on('data', (part: string) => {
      const pieces = (rest + part).split('\r\n');
      rest = pieces.pop() ?? '';
      for (const line of pieces) take(line);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
