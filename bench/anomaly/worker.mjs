import { existsSync } from 'node:fs';

const compiled = new URL('worker.js', import.meta.url);
if (existsSync(compiled)) {
  await import(compiled.href);
} else {
  // A worker thread does not inherit what compiles TypeScript.
  const { register } = await import('tsx/esm/api');
  register();
  await import('./worker.ts');
}
