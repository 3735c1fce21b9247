import type { BuildSummary, CheckReport, TestReport } from '../../domain/policy-author.js';
import type { OpaBinary } from '../../policy/runners/opa.js';
import type { SentError } from '../../threads/call-message.js';
import type { BuildOrder, TestOrder } from '../../use-cases/policy/author.js';

/** What is done with sources. */
export type AuthorJob =
  | { readonly does: 'build'; readonly order: BuildOrder }
  | { readonly does: 'test'; readonly order: TestOrder }
  | { readonly does: 'check' };

/** Input of the author thread, passed by structured clone. */
export type AuthorTask = AuthorJob & {
  /** A tar.gz of the sources. */
  readonly archive: Uint8Array;
  readonly entrypoint: string;
  readonly opa: OpaBinary;
  readonly deadlineMs: number;
};

export interface AuthorAnswers {
  readonly build: BuildSummary & { readonly archive: Uint8Array };
  readonly test: TestReport;
  readonly check: CheckReport;
}

export type AuthorAnswer<Name extends keyof AuthorAnswers> =
  | { readonly value: AuthorAnswers[Name] }
  | { readonly error: SentError };
