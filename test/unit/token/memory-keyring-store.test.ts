import { describeKeyringStore } from '../../contract/keyring-store.js';
import { memoryKeyringStore } from '../../support/memory-keyring-store.js';

describeKeyringStore('in memory', () => {
  const store = memoryKeyringStore();
  const lose = () => Promise.resolve((store.document = undefined));
  return Promise.resolve({ store, lose, close: () => Promise.resolve() });
});
