import { join, resolve } from 'node:path';
import type { SignatureAlg } from '../policy/bundle/signature/algorithms.js';
import type { RawConfig } from './raw.generated.js';

/** The circuit breaker: repeated slow evaluations refuse requests for a while, without evaluation. */
export interface BreakerConfig {
  /** Duration above which an evaluation is slow. */
  readonly maxMs: number;
  /** Consecutive slow evaluations that open the breaker. */
  readonly tripAfter: number;
  readonly coolDownMs: number;
}

/** A key that verifies bundle signatures. */
export interface VerificationKeyConfig {
  readonly id: string;
  readonly alg: SignatureAlg;
  /** The PEM, or the secret of an HS* key. The member's name masks it in every shown configuration. */
  readonly secret: string;
  readonly scope: string | undefined;
}

/** An OPA bundle server. */
export interface BundleServerConfig {
  readonly url: string;
  readonly bearerToken: { readonly secret: string } | { readonly file: string } | undefined;
  readonly headers: readonly { readonly name: string; readonly secret: string }[];
  readonly timeoutSeconds: number;
  readonly polling: {
    readonly minDelaySeconds: number;
    readonly maxDelaySeconds: number;
    readonly longPollingTimeoutSeconds: number | undefined;
  };
}

export interface PolicyConfig {
  /** Absolute path of a bundle folder or tar.gz; unused with a server. */
  readonly path: string;
  readonly server: BundleServerConfig | undefined;
  readonly entrypoint: string;
  /** Reloads when the files change. */
  readonly watch: boolean;
  readonly signatures: RawPolicy['signatures'];
  readonly verification: {
    readonly keys: readonly VerificationKeyConfig[];
    readonly keyId: string | undefined;
  };
  readonly breaker: BreakerConfig;
  readonly admission: AdmissionConfig;
  /** Maximum time for all live nodes to prepare a bundle. */
  readonly readyTimeoutMs: number;
  readonly canary: CanaryConfig;
}

/** The settings of bundle admission. */
export interface AdmissionConfig {
  readonly violations: RawPolicy['admission']['violations'];
  /** Number of generated inputs for every property. */
  readonly inputs: number;
  readonly deadlineMs: number;
}

/** Limits of a canary's deviation from the active bundle on equal inputs, before its rollback. */
export interface CanaryConfig {
  /** Minimum number of decisions for a verdict. */
  readonly minDecisions: number;
  /** Shares of decisions, 0 to 1. */
  readonly errorShare: number;
  readonly denialShare: number;
}

/** The `policy` section of the file, with the schema's defaults. */
export type RawPolicy = RawConfig['policy'];

/** The policy secrets from files and the environment. */
export interface PolicySecrets {
  readonly keys: readonly VerificationKeyConfig[];
  readonly server: Pick<BundleServerConfig, 'bearerToken' | 'headers'>;
}

/** Returns the policy's settings with paths resolved against `cwd`. */
export function policyOf(
  policy: RawPolicy,
  secrets: PolicySecrets,
  cwd: string,
  packageRoot: string,
): PolicyConfig {
  const packaged = join(packageRoot, 'bundles', 'countersign');
  return {
    path: policy.path === undefined ? packaged : resolve(cwd, policy.path),
    server: serverOf(policy.server, secrets.server, cwd),
    entrypoint: policy.entrypoint,
    watch: policy.watch,
    signatures: policy.signatures,
    verification: { keys: secrets.keys, keyId: policy.verification.key_id },
    breaker: {
      maxMs: policy.breaker.max_ms,
      tripAfter: policy.breaker.trip_after,
      coolDownMs: policy.breaker.cool_down_ms,
    },
    admission: {
      violations: policy.admission.violations,
      inputs: policy.admission.inputs,
      deadlineMs: policy.admission.deadline_ms,
    },
    readyTimeoutMs: policy.ready_timeout_ms,
    canary: {
      minDecisions: policy.canary.min_decisions,
      errorShare: policy.canary.error_percent / 100,
      denialShare: policy.canary.denial_percent / 100,
    },
  };
}

function serverOf(
  raw: RawPolicy['server'],
  { bearerToken, headers }: PolicySecrets['server'],
  cwd: string,
): BundleServerConfig | undefined {
  if (raw.url === undefined) return undefined;
  const { polling } = raw;
  return {
    url: raw.url,
    bearerToken:
      bearerToken !== undefined && 'file' in bearerToken
        ? { file: resolve(cwd, bearerToken.file) }
        : bearerToken,
    headers,
    timeoutSeconds: raw.timeout_seconds,
    polling: {
      minDelaySeconds: polling.min_delay_seconds,
      maxDelaySeconds: polling.max_delay_seconds,
      longPollingTimeoutSeconds: polling.long_polling_timeout_seconds,
    },
  };
}
