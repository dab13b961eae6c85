import { compared, type Manifest } from '../../support/compatibility/example.ts';
import { until } from '../../support/until.ts';

export const networkExamples: Manifest = {
  'network/http/01 - Create HTTP endpoint': compared(2),
  'network/http/02 - Handle query parameters': compared(1),
  'network/http/03 - Handle URL parameters': compared(1),
  'network/http/04 - Access HTTP request headers': compared(1),
  'network/http/05 - Post data to a flow': compared(1),
  'network/http/06 - Post file to a flow': compared(2, {
    async drive({ ask }) {
      const body = new FormData();
      body.append('myFile', new Blob(['a file']), 'plant.txt');
      await ask('/hello-upload');
      await ask('/hello-upload', { method: 'POST', body });
    },
  }),
  'network/http/07 - Working with cookies': compared(3, {
    normalisers: ['times', 'random'],
    async drive({ ask }) {
      const headers = { cookie: 'demo-1=2; other=3' };
      await ask('/hello-cookie', { headers });
      await ask('/hello-cookie/add', { headers });
      await ask('/hello-cookie/clear', { headers });
    },
  }),
  'network/tcp/01 - Connect to TCP out server': compared(1),
  'network/tcp/02 - Connect to TCP in server': compared(1),
  'network/tcp/03 - Send reply to client of TCP connection': compared(1),
  'network/udp/01 - Transfer data using UDP protocol': compared(1, {
    async drive({ press, subject, place }) {
      // A datagram that comes before the socket is bound is lost.
      const bound = new RegExp(`udp listener at \\S*:${place['port-1']}`);
      await until(() => subject.logged(bound), { deadlineMs: 20_000, everyMs: 200, what: 'the udp port is bound' });
      await press('33f18897.35d5b8');
    },
  }),
  'network/websocket/01 - Connect to websocket in server': compared(1),
  'network/websocket/02 - Connect to websocket out server': compared(1),
};
