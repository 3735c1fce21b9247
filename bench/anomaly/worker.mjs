// A worker thread does not inherit what compiles TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
