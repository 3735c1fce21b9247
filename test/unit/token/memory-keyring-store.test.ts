import { describeKeyringStore } from '../../contract/keyring-store.js';
import { memoryKeyringStore } from '../../support/memory-keyring-store.js';

describeKeyringStore('in memory', () =>
  Promise.resolve({ store: memoryKeyringStore(), close: () => Promise.resolve() }),
);
