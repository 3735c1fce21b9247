import type { AdminContext } from '../../use-cases/admin/context.js';
import type { Offered } from '../../use-cases/policy/install-from-source.js';
import type { SourceStatus } from '../../use-cases/policy/operations.js';
import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { Logger } from '../../domain/logger.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import type { BundleSource, StartOutcome } from '../../policy/source/source.js';

export interface SourceTakerOptions {
  readonly source: BundleSource;
  readonly log: Logger;
  readonly record: (event: AuditEvent) => Promise<unknown>;
  /** Installs an offered bundle. Throws CountersignError. */
  readonly take: (offered: Offered, context: AdminContext) => Promise<void>;
}

const SYSTEM = { kind: 'system', id: 'policy-loader' } as const;

/** Returns the admin context of changes by the process itself. */
export function systemContext(): AdminContext {
  return { requestId: newId('req'), principal: SYSTEM };
}

/** Installs bundles from a source, and reports refused ones. */
export class SourceTaker {
  private occasion: Offered['occasion'] = 'start';
  private asking: AdminContext | undefined;
  private refusal: SourceStatus['last_refusal'];

  constructor(private readonly options: SourceTakerOptions) {}

  async start(): Promise<StartOutcome> {
    const outcome = await this.options.source.start((archive, origin) =>
      this.take(archive, origin),
    );
    this.occasion = 'changed';
    return outcome;
  }

  /**
   * Installs the current bundle of the source.
   * Throws CountersignError: `bundle_refused`, or 503 when unreachable.
   */
  async checkNow(context: AdminContext): Promise<void> {
    this.asking = context;
    try {
      await this.options.source.checkNow();
    } catch (error) {
      throw error instanceof BundleRefused && error.cause instanceof CountersignError
        ? error.cause
        : outwards(error);
    } finally {
      this.asking = undefined;
    }
  }

  status(): SourceStatus {
    const { origin: source } = this.options.source.status();
    return this.refusal === undefined ? { source } : { source, last_refusal: this.refusal };
  }

  /** Returns the times of the last request and answer, and the last error. */
  download(): ReturnType<BundleSource['status']> {
    return this.options.source.status();
  }

  close(): Promise<void> {
    return this.options.source.close();
  }

  private async take(archive: Uint8Array, source: string): Promise<void> {
    const occasion = this.asking === undefined ? this.occasion : 'asked';
    const context = this.asking ?? systemContext();
    try {
      await this.options.take({ archive, source, occasion }, context);
      this.refusal = undefined;
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code !== 'bundle_refused') throw error;
      const problems = (error.fields.problems ?? []).map(({ message }) => message);
      throw new BundleRefused('refused', problems.length > 0 ? problems : [error.detail], error);
    }
  }

  /** Reports a problem; passed to the source as `onProblem`. */
  tell(problem: Error): void {
    const { log, record } = this.options;
    const detail = problem.message;
    this.refusal = { at_ms: Date.now(), detail };
    log.error({ problem: detail }, 'bundle source failed; keeping active bundle');
    if (!(problem instanceof BundleRefused)) return;
    record({ type: 'policy.refused', principal: SYSTEM, detail: { problem: detail } }).catch(
      (failed: unknown) => {
        log.error({ error: String(failed) }, 'policy event not recorded');
      },
    );
  }
}

function outwards(error: unknown): unknown {
  if (error instanceof BundleRefused) {
    const problems = error.problems.map((message) => ({ pointer: '', message }));
    return new CountersignError('bundle_refused', 'The bundle was refused.', { problems });
  }
  if (error instanceof CountersignError) return error;
  return new CountersignError(
    'temporarily_unavailable',
    'The source has no readable bundle.',
    { retryAfterSeconds: 5 },
    String(error),
    error,
  );
}
