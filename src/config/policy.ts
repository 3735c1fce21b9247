import { join, resolve } from 'node:path';
import type { SignatureAlg } from '../policy/bundle/signature/algorithms.js';
import type { RawConfig } from './raw.generated.js';
import type { Settings } from './settings.generated.js';

/** The `policy` section with the names of the code. */
type Section = Settings['policy'];

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
  readonly polling: Section['server']['polling'];
}

/** The settings of the policy: those of the document, its path, keys and secrets, and shares in place of percents. */
export type PolicyConfig = Omit<Section, 'path' | 'server' | 'verification' | 'canary'> & {
  /** Absolute path of a bundle folder or tar.gz; unused with a server. */
  readonly path: string;
  readonly server: BundleServerConfig | undefined;
  readonly verification: {
    readonly keys: readonly VerificationKeyConfig[];
    readonly keyId: string | undefined;
  };
  readonly canary: CanaryConfig;
};

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
  policy: Section,
  secrets: PolicySecrets,
  cwd: string,
  packageRoot: string,
): PolicyConfig {
  const packaged = join(packageRoot, 'bundles', 'countersign');
  const { minDecisions, errorPercent, denialPercent } = policy.canary;
  return {
    ...policy,
    path: policy.path === undefined ? packaged : resolve(cwd, policy.path),
    server: serverOf(policy.server, secrets.server, cwd),
    verification: { keys: secrets.keys, keyId: policy.verification.keyId },
    canary: { minDecisions, errorShare: errorPercent / 100, denialShare: denialPercent / 100 },
  };
}

function serverOf(
  { url, timeoutSeconds, polling }: Section['server'],
  { bearerToken, headers }: PolicySecrets['server'],
  cwd: string,
): BundleServerConfig | undefined {
  if (url === undefined) return undefined;
  return {
    url,
    bearerToken:
      bearerToken !== undefined && 'file' in bearerToken
        ? { file: resolve(cwd, bearerToken.file) }
        : bearerToken,
    headers,
    timeoutSeconds,
    polling,
  };
}
