import { isLoopback } from './addresses.js';
import type { RawPolicy } from './policy.js';
import type { ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';

/** Headers reserved for the HTTP client. */
const OWN_HEADERS = [
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'expect'],
  ...['if-none-match', 'prefer', 'accept-encoding', 'keep-alive', 'trailer'],
];

/** Returns the problems of policy settings in combination. */
export function policyProblems({ policy, profile }: RawConfig): ConfigProblem[] {
  const production = profile === 'production';
  return [...signatureProblems(policy, production), ...serverProblems(policy, production)];
}

function signatureProblems(policy: RawPolicy, production: boolean): ConfigProblem[] {
  const { signatures, verification, path, server } = policy;
  const where = '/policy/signatures';
  if (production && signatures !== 'required') {
    const message =
      'must be required in production: sign the bundle (countersign policy build --signing-key), and set policy.path or policy.server.url and policy.verification.keys';
    return [{ where, message }];
  }
  if (signatures === 'off') return [];
  const problems: ConfigProblem[] = [];
  if ((verification.keys ?? []).length === 0) {
    problems.push({ where, message: 'is required, and policy.verification.keys names no key' });
  }
  if (path === undefined && server.url === undefined) {
    const message =
      'is required, and the bundle that comes with the package is not signed: set policy.path or policy.server.url';
    problems.push({ where, message });
  }
  return problems;
}

function serverProblems({ path, server }: RawPolicy, production: boolean): ConfigProblem[] {
  const { url, polling, headers = [] } = server;
  const problems: ConfigProblem[] = [];
  const add = (where: string, message: string): void => {
    problems.push({ where: `/policy/server${where}`, message });
  };
  if (url === undefined) {
    const used = ['bearer_token_env', 'bearer_token_file', 'headers'] as const;
    if (used.some((key) => server[key] !== undefined)) add('/url', 'must be set');
    return problems;
  }
  if (path !== undefined)
    add('/url', 'must not be set when policy.path is: one of them is the source');
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) add('/url', 'is not a URL');
  else if (parsed.username !== '' || parsed.password !== '') {
    add('/url', 'must hold no credentials: use bearer_token_env, bearer_token_file or headers');
  } else if (production && parsed.protocol !== 'https:' && !isLoopback(parsed.hostname)) {
    add('/url', 'must be https in production');
  }
  if (polling.max_delay_seconds < polling.min_delay_seconds) {
    add('/polling/max_delay_seconds', 'must not be below min_delay_seconds');
  }
  for (const [index, { name }] of headers.entries()) {
    if (!OWN_HEADERS.includes(name.toLowerCase())) continue;
    add(`/headers/${String(index)}/name`, `${name} is set by the service: remove it`);
  }
  return problems;
}

/** Returns the warnings about policy settings. */
export function policyWarnings({ policy, profile }: RawConfig): string[] {
  const { signatures, verification, admission } = policy;
  const warnings: string[] = [];
  if (profile === 'production' && admission.violations === 'warn') {
    warnings.push('policy.admission.violations is warn: a policy that escalates may serve');
  }
  if (profile === 'production' && admission.require_grants === 'warn') {
    warnings.push(
      'policy.admission.require_grants is warn: a policy that nothing tested may serve',
    );
  }
  if (signatures === 'required') return warnings;
  if ((verification.keys ?? []).length > 0) {
    warnings.push(
      'policy.verification has keys, and policy.signatures is off: nothing is verified',
    );
  }
  return warnings;
}
