// With `node --import`: the service as it is, except that Express serves every route.
import { register } from 'node:module';

const replaced = `data:text/javascript,${encodeURIComponent(`
  const FRONT = /\\/dist\\/http\\/front\\.js$/;
  export async function load(url, context, next) {
    if (!FRONT.test(url)) return next(url, context);
    const source = 'export const frontBefore = (next) => next;';
    return { format: 'module', shortCircuit: true, source };
  }
`)}`;
register(replaced);
