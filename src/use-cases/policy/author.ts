import type { BuildSummary, CheckReport, TestReport } from '../../domain/policy-author.js';
import { CountersignError } from '../../domain/errors.js';

export interface BuildOrder {
  readonly sequence?: number;
  readonly revision?: string;
}

export interface TestOrder {
  /** 0 to 100. */
  readonly coveragePercent?: number;
}

/** Rego as a tar.gz of its folder, built, tested and checked. Nothing of it is kept and none of it decides. */
export interface AuthorOperations {
  build(archive: Uint8Array, order: BuildOrder): Promise<BuildSummary & { archive: Uint8Array }>;
  test(archive: Uint8Array, order: TestOrder): Promise<TestReport>;
  check(archive: Uint8Array): Promise<CheckReport>;
}

/**
 * Where sources are worked on. Throws CountersignError `invalid_request` with every problem for sources that cannot
 * be read, built or done in time, `conflict` when this machine lacks what it takes.
 */
export type Workshop = AuthorOperations;

/** Orders that may wait behind the one that is worked on. */
const WAITING = 4;
const RETRY_AFTER_SECONDS = 10;

/** One order after the other: a compiler must not take the machine from the requests. Throws `slow_down` as well. */
export function createAuthorOperations(workshop: Workshop): AuthorOperations {
  let last: Promise<unknown> = Promise.resolve();
  let open = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (open > WAITING) {
      throw new CountersignError('slow_down', 'Other sources are being worked on.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    open += 1;
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      open -= 1;
    }
  };
  return {
    build: (archive, order) => inTurn(() => workshop.build(archive, order)),
    test: (archive, order) => inTurn(() => workshop.test(archive, order)),
    check: (archive) => inTurn(() => workshop.check(archive)),
  };
}
