import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { CountersignError } from '../domain/errors.js';
import type { Reply } from './call.js';
import type { Exchange } from './exchange.js';
import { checkPathOrder } from './path-order.js';
import { replyEmpty } from './reply.js';
import type { Route } from './route.js';

/**
 * Creates an Express app that matches routes; the exchange reads, answers and handles errors. Throws when a path is
 * never reached, because an earlier one with a parameter matches it.
 */
export function expressApp(routes: readonly Route[], exchange: Exchange): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  const paths = byPath(routes);
  checkPathOrder(paths.keys());
  for (const [path, methods] of paths) mountPath(app, path, methods, exchange);
  app.use((req: Request, res: Response) =>
    exchange.answerUnmatched(req, res, () => {
      throw new CountersignError('not_found', 'Nothing is served at this path.');
    }),
  );
  // Express itself fails only when it cannot decode a path parameter.
  app.use((_error: unknown, req: Request, res: Response, _next: NextFunction) => {
    return exchange.answerUnmatched(req, res, () => {
      throw new CountersignError('invalid_request', 'The path is not well-formed.');
    });
  });
  return app;
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) {
    for (const path of route.paths) {
      const served = paths.get(path) ?? [];
      served.push(route);
      paths.set(path, served);
    }
  }
  return paths;
}

function mountPath(app: Express, path: string, served: readonly Route[], exchange: Exchange): void {
  const allow = allowedMethods(served);
  const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1').replace(/\{(\w+)\+\}$/, '*$1');
  app.all(pattern, (req: Request, res: Response) => {
    const method = req.method === 'HEAD' ? 'GET' : req.method;
    const route = served.find((one) => one.method === method);
    if (route !== undefined) return exchange.answer(route, req, res, req.params);
    return exchange.answerUnmatched(req, res, () => replyOther(method, allow));
  });
}

function replyOther(method: string, allow: string): Reply {
  if (method === 'OPTIONS') return replyEmpty(204, ['Allow', allow]);
  throw new CountersignError('method_not_allowed', `Use ${allow}.`, { allow });
}

function allowedMethods(served: readonly Route[]): string {
  const methods = served.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...methods, 'OPTIONS'].join(', ');
}
