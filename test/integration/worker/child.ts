// A separate worker process, so that a test can kill it: <redis socket> <store path> <webhook url>.
import { openAuditStore } from '../../../src/audit/store.js';
import { startWorker } from '../../../src/worker/start.js';
import { makeDeps, SECRET } from './harness.js';

const [socket = '', path = '', url = ''] = process.argv.slice(2);
const store = openAuditStore(path, { endpoints: ['soc'] });
const { deps } = makeDeps(socket, store, [{ id: 'soc', url, secret: SECRET }]);
await startWorker(deps);
