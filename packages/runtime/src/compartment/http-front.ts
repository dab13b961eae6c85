/**
 * The HTTP server of a compartment: made before the runtime (nodes attach websockets to it) and listening on a socket
 * only once a node serves something.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type ExpressApp, loadExpress } from '../node-red/internals.ts';
import type { FlowNode, Route } from '../protocol/messages.ts';
import { mostPassportBytes, takePassport } from '../protocol/passport.ts';
import { maxBody } from './node-red-settings.ts';
import { routesOfApp, routesOfNodes } from './routes.ts';

export interface HttpFront {
  readonly server: Server;
  /**
   * Looks at what is served now; calls `onRoutes` if that has changed, after the socket listens. Resolves once what is
   * served is known.
   */
  refresh(httpNode: ExpressApp, flows: readonly FlowNode[]): Promise<void>;
  /** Calls `onRoutes` again for a new supervisor. */
  resend(): void;
  close(): void;
}

export function createHttpFront(socketPath: () => string, onRoutes: (routes: readonly Route[]) => void): HttpFront {
  let app: ExpressApp | undefined;
  let mounted: ExpressApp | undefined;
  let routes: readonly Route[] = [];
  let known = '[]';
  const server = createServer({ maxHeaderSize: mostPassportBytes }, (request, response) => {
    takePassport(request);
    if (app === undefined) response.writeHead(503).end('starting');
    else app(request, response);
  });
  server.on('upgrade', takePassport);
  // The front closes its connections with those of its clients.
  server.keepAliveTimeout = 0;
  // Every websocket and dashboard node adds its own listeners.
  server.setMaxListeners(0);

  const listen = async (): Promise<void> => {
    if (server.listening) return onRoutes(routes);
    server.listen(socketPath());
    await once(server, 'listening');
    onRoutes(routes);
  };

  return {
    server,
    async refresh(httpNode, flows) {
      if (mounted !== httpNode) {
        mounted = httpNode;
        // On a parent app, as in a stock Node-RED: `httpNode.mountpath` and unhandled requests then behave the same.
        const express = loadExpress();
        app = express();
        app.disable('x-powered-by');
        // There the admin API stands before the flows' routes and reads these bodies first: broken JSON never gets further.
        app.use(express.json({ limit: maxBody }), express.urlencoded({ limit: maxBody, extended: true }));
        app.use('/', httpNode);
      }
      const now = [...routesOfApp(httpNode._router?.stack ?? []), ...routesOfNodes(flows)];
      const text = JSON.stringify(now);
      if (text === known) return;
      known = text;
      routes = now;
      await listen();
    },
    resend() {
      if (server.listening) onRoutes(routes);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
