import { parentPort, workerData } from 'node:worker_threads';
import { openReadable } from '../../../src/audit/database.js';

// A thread that spends its time in preparing statements, where the driver makes a JavaScript value at the end.
const NUMBERS = Array.from({ length: 20_000 }, (_, i) => i).join(',');
const database = openReadable(workerData as string);
parentPort?.postMessage({ progress: 'reads' });
for (let i = 0; ; i++) database.all(`SELECT ${String(i)} WHERE ${String(i)} IN (${NUMBERS})`);
