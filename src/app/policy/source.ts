import type { Offered } from '../../authorize/policy/offer.js';
import type { SourceStatus } from '../../authorize/policy/operations.js';
import type { AdminContext } from '../../authorize/operations.js';
import type { PolicyConfig } from '../../config/policy.js';
import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { Logger } from '../../domain/logger.js';
import { packArchive } from '../../policy/bundle/pack.js';
import { readBundle, type Bundle } from '../../policy/bundle/read.js';
import { pollPath } from '../../policy/watch.js';
import { refusalOf } from './bundles.js';
import { verificationFor } from './verification.js';

export interface BundleSourceOptions {
  readonly policy: PolicyConfig;
  readonly log: Logger;
  readonly record: (event: AuditEvent) => Promise<unknown>;
  readonly onRead: (bundle: Bundle) => void;
  readonly take: (offered: Offered, context: AdminContext) => Promise<void>;
}

const SYSTEM = { kind: 'system', id: 'policy-loader' } as const;
const POLL_INTERVAL_MS = 1000;

/** The bundle at `policy.path`: taken at start, when it changes, and when asked. One at a time. */
export class BundleSource {
  private refusal: SourceStatus['last_refusal'];
  private queue: Promise<unknown> = Promise.resolve();
  private stopWatching: (() => void) | undefined;
  private seen = '';

  constructor(private readonly options: BundleSourceOptions) {}

  async start(): Promise<void> {
    await this.enqueue('start', system());
    const { path, watch } = this.options.policy;
    if (!watch) return;
    this.stopWatching = pollPath(POLL_INTERVAL_MS)(path, () => {
      // Told where it was refused; there is nobody to throw to.
      this.enqueue('changed', system()).catch(() => undefined);
    });
  }

  checkNow(context: AdminContext): Promise<void> {
    return this.enqueue('asked', context);
  }

  status(): SourceStatus {
    const { path: source } = this.options.policy;
    return this.refusal === undefined ? { source } : { source, last_refusal: this.refusal };
  }

  async close(): Promise<void> {
    this.stopWatching?.();
    await this.queue.catch(() => undefined);
  }

  private enqueue(occasion: Offered['occasion'], context: AdminContext): Promise<void> {
    const next = this.queue.catch(() => undefined).then(() => this.take(occasion, context));
    this.queue = next;
    return next;
  }

  private async take(occasion: Offered['occasion'], context: AdminContext): Promise<void> {
    const { policy, onRead, take } = this.options;
    try {
      const bundle = await readBundle(policy.path, { verification: verificationFor(policy) });
      if (occasion === 'changed' && bundle.digest === this.seen) return;
      this.seen = bundle.digest;
      onRead(bundle);
      const archive = await packArchive(bundle.files);
      await take({ archive, source: policy.path, occasion }, context);
      this.refusal = undefined;
    } catch (error) {
      this.tell(refusalOf(error));
      throw refusalOf(error);
    }
  }

  private tell(error: unknown): void {
    const detail = textOf(error);
    this.refusal = { at_ms: Date.now(), detail };
    const { log, record } = this.options;
    log.error({ problem: detail }, 'policy bundle refused; the old one stays');
    record({ type: 'policy.refused', principal: SYSTEM, detail: { problem: detail } }).catch(
      (failed: unknown) => {
        log.error({ error: String(failed) }, 'policy event not recorded');
      },
    );
  }
}

function system(): AdminContext {
  return { requestId: newId('req'), principal: SYSTEM };
}

function textOf(error: unknown): string {
  if (!(error instanceof CountersignError)) return String(error);
  const { problems = [] } = error.fields;
  return [error.detail, ...problems.map(({ message }) => message)].join(' ');
}
