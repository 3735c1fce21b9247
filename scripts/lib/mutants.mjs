import { OF_FILES } from './mutants-of-files.mjs';
import { OF_CREDENTIALS } from './mutants-of-credentials.mjs';
import { OF_CLOCK } from './mutants-of-clock.mjs';
import { OF_GATES } from './mutants-of-gates.mjs';
import { OF_HONESTY } from './mutants-of-honesty.mjs';
import { OF_LISTENERS } from './mutants-of-listeners.mjs';
import { OF_POLICIES } from './mutants-of-policies.mjs';
import { OF_REDIS } from './mutants-of-redis.mjs';
import { OF_REQUESTS } from './mutants-of-requests.mjs';
import { OF_STATE } from './mutants-of-state.mjs';
import { OF_THREADS } from './mutants-of-threads.mjs';

/**
 * One guard of the service each: the text that is the guard, what stands there without it, and the test that
 * is named for it and must then fail. `find` must occur exactly once, so a mutant cannot go stale unseen.
 */
export const MUTANTS = [
  OF_FILES,
  OF_CREDENTIALS,
  OF_CLOCK,
  OF_GATES,
  OF_HONESTY,
  OF_LISTENERS,
  OF_POLICIES,
  OF_REDIS,
  OF_REQUESTS,
  OF_STATE,
  OF_THREADS,
].flat();
