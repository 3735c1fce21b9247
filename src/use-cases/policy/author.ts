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

/** Builds, tests and checks Rego, as a tar.gz of its folder. Nothing is stored or activated. */
export interface AuthorOperations {
  build(archive: Uint8Array, order: BuildOrder): Promise<BuildSummary & { archive: Uint8Array }>;
  test(archive: Uint8Array, order: TestOrder): Promise<TestReport>;
  check(archive: Uint8Array): Promise<CheckReport>;
}

/**
 * The workshop for Rego sources.
 * Throws CountersignError `invalid_request` with every problem for sources that cannot be read, built or finished in
 * time, `conflict` when this machine lacks a required tool.
 */
export type Workshop = AuthorOperations;

/** Maximum number of orders waiting behind the running one. */
const WAITING = 4;
const RETRY_AFTER_SECONDS = 10;

/** Runs one order at a time: a compiler must not starve the requests of CPU. Also throws `slow_down`. */
export function createAuthorOperations(workshop: Workshop): AuthorOperations {
  let last: Promise<unknown> = Promise.resolve();
  let open = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (open > WAITING) {
      throw new CountersignError('slow_down', 'Other sources are being processed.', {
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
