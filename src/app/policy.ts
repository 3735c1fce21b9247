import type { Config } from '../config/config.js';
import type { AuditEvent } from '../domain/audit.js';
import { CountersignError } from '../domain/errors.js';
import { systemClock } from '../domain/clock.js';
import type { Logger } from '../domain/logger.js';
import type { AdminContext, PolicyOperations, PolicyStatus } from '../authorize/operations.js';
import { BundleRefused } from '../policy/bundle/refused.js';
import { createPolicyEngine, type PolicyEngine } from '../policy/engine.js';
import { PolicyLoader } from '../policy/loader.js';
import { verificationFor } from './policy/verification.js';

export interface PolicyPart {
  readonly engine: PolicyEngine;
  readonly operations: PolicyOperations;
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface PolicyOptions {
  readonly log: Logger;
  /** Records an activation or a refusal. */
  readonly record: (event: AuditEvent) => Promise<unknown>;
  readonly onRevision: (revision: string) => void;
}

const SYSTEM = { kind: 'system', id: 'policy-loader' } as const;

/** The engine with its bundle: loaded at start, on SIGHUP, on change and on demand. Throws when the first is refused. */
export async function startPolicy(config: Config, options: PolicyOptions): Promise<PolicyPart> {
  const { policy } = config;
  const engine = createPolicyEngine({
    entrypoint: policy.entrypoint,
    breaker: policy.breaker,
  });
  const tell = (event: AuditEvent): void => {
    options.record(event).catch((error: unknown) => {
      options.log.error({ error: String(error), type: event.type }, 'policy event not recorded');
    });
  };
  const loader = new PolicyLoader({
    path: policy.path,
    engine,
    bundle: { verification: verificationFor(policy) },
    clock: systemClock,
    ...(policy.watch ? {} : { watch: false as const }),
    onActivated: (status) => {
      options.onRevision(status.revision);
      options.log.info({ revision: status.revision }, 'policy activated');
      tell({
        type: 'policy.activated',
        principal: SYSTEM,
        policy_revision: status.revision,
        detail: { digest: status.digest, source: status.source },
      });
    },
    onRefused: (problem) => {
      options.log.error({ problem: problem.message }, 'policy bundle refused; the old one stays');
      tell({ type: 'policy.refused', principal: SYSTEM, detail: { problem: problem.message } });
    },
  });
  await loader.start();
  return {
    engine,
    operations: policyOperations(loader),
    reload: async () => {
      // Told by onRefused; the old bundle goes on.
      await loader.reload().catch(() => undefined);
    },
    close: () => loader.close(),
  };
}

function policyOperations(loader: PolicyLoader): PolicyOperations {
  const status = (): PolicyStatus => {
    const now = loader.status();
    if (now === undefined) throw new CountersignError('not_found', 'No bundle is active.');
    return now;
  };
  return {
    status,
    async reload(_context: AdminContext) {
      try {
        await loader.reload();
        return status();
      } catch (error) {
        if (!(error instanceof BundleRefused)) throw error;
        const problems = error.problems.map((message) => ({ pointer: '', message }));
        throw new CountersignError('conflict', 'The bundle was refused; the old one stays.', {
          problems,
        });
      }
    },
  };
}
