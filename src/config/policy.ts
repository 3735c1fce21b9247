import { join, resolve } from 'node:path';
import type { SignatureAlg } from '../policy/bundle/signature/algorithms.js';
import type { RawConfig } from './raw.generated.js';

/** When evaluation takes too long too often, requests are refused for a while and nothing is evaluated. */
export interface BreakerConfig {
  /** One evaluation above this is slow. */
  readonly maxMs: number;
  /** Slow evaluations in a row that open the breaker. */
  readonly tripAfter: number;
  readonly coolDownMs: number;
}

/** A key whose signatures are accepted. */
export interface VerificationKeyConfig {
  readonly id: string;
  readonly alg: SignatureAlg;
  /** The PEM, or the secret of an HS* key: by this name it is masked wherever the configuration is shown. */
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
  /** A bundle folder or tar.gz; absolute. Not used when there is a server. */
  readonly path: string;
  readonly server: BundleServerConfig | undefined;
  readonly entrypoint: string;
  /** Load again when the files change. */
  readonly watch: boolean;
  readonly signatures: RawPolicy['signatures'];
  readonly verification: {
    readonly keys: readonly VerificationKeyConfig[];
    readonly keyId: string | undefined;
  };
  readonly breaker: BreakerConfig;
  readonly admission: AdmissionConfig;
  /** How long every live node may take to make a bundle ready. */
  readonly readyTimeoutMs: number;
  readonly canary: CanaryConfig;
}

/** How a bundle is tried before it may serve. */
export interface AdmissionConfig {
  readonly violations: RawPolicy['admission']['violations'];
  /** Inputs that are generated and put to every property. */
  readonly inputs: number;
  readonly deadlineMs: number;
}

/** How far a canary may be from the active bundle on the same inputs before it is taken back. */
export interface CanaryConfig {
  /** Nothing is concluded from fewer decisions. */
  readonly minDecisions: number;
  /** Shares of decisions, 0 to 1. */
  readonly errorShare: number;
  readonly denialShare: number;
}

/** `policy` as the file has it, with the schema's defaults. */
export type RawPolicy = RawConfig['policy'];

/** What of the policy's settings comes from files and the environment. */
export interface PolicySecrets {
  readonly keys: readonly VerificationKeyConfig[];
  readonly server: Pick<BundleServerConfig, 'bearerToken' | 'headers'>;
}

/** The policy's settings with paths resolved against `cwd`. */
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
