import type { ExpressApp, ExpressRouter } from './internals.ts';

/** An express app mounted on another one. */
export function isExpressApp(value: unknown): value is ExpressApp {
  return typeof value === 'function' && 'set' in value && 'handle' in value && 'route' in value;
}

/** Made by `express.Router()`, of whatever copy of express. */
export function isExpressRouter(value: unknown): value is ExpressRouter {
  return typeof value === 'function' && 'stack' in value && Array.isArray(value.stack) && 'route' in value;
}
