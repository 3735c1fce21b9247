import type { RequestListener } from 'node:http';
import type { Exchange } from './exchange.js';
import type { Route } from './route.js';

const NO_PARAMS = Object.freeze({});

/**
 * Serves the hot routes from node:http before Express: matching is one look-up of the exact target.
 * It shares handlers, guards and errors with Express. Other requests go to `next`.
 */
export function frontBefore(
  next: RequestListener,
  hotRoutes: readonly Route[],
  exchange: Exchange,
): RequestListener {
  const byPath = new Map<string, Route>();
  for (const route of hotRoutes) for (const path of route.paths) byPath.set(path, route);
  return (req, res) => {
    const route = byPath.get(req.url ?? '');
    if (route?.method === req.method && route !== undefined) {
      void exchange.answer(route, req, res, NO_PARAMS);
    } else {
      next(req, res);
    }
  };
}
