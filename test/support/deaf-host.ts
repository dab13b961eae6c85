import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { collectOutput } from './child-output.ts';

/** Connections fill its queue, and it takes none of them off: the next one is neither accepted nor refused. */
const script = `
import socket, sys
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen(0)
waiting = [socket.socket() for _ in range(4)]
for one in waiting:
    one.setblocking(False)
    one.connect_ex(listening.getsockname())
print("port", listening.getsockname()[1], flush=True)
sys.stdin.read()
`;

/** A port of this machine that answers a connection with silence, as a host does that is switched off. */
export async function startDeafHost(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [, port] = await collectOutput(child).line(/^port (\d+)$/, { deadlineMs: 10_000, what: 'a port' });
  return {
    port: Number(port),
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
