import { getPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

const { does } = workerData as { readonly does: string };

switch (does) {
  case 'answer':
    parentPort?.postMessage({ progress: 'half' });
    parentPort?.postMessage({ answer: { heard: workerData as unknown } });
    break;
  case 'loop':
    for (;;);
  case 'throw':
    throw new Error('thrown in the thread');
  case 'fill the heap':
    for (const kept: number[][] = []; ;) kept.push(new Array<number>(1e6).fill(1));
  case 'show environment':
    parentPort?.postMessage({ answer: Object.keys(process.env) });
    break;
  case 'show priority':
    parentPort?.postMessage({ answer: getPriority(0) });
    break;
  default:
}
