// Every contender's answers are looked at before they are timed, and again after.
import { postJson } from './client.mjs';

const LOOKED_AT = 20;

/** Sends some requests of a load and throws unless each answer is what it has to be. */
export async function checkLoad(contender, workload, load) {
  const step = Math.max(1, Math.floor(load.lines.length / LOOKED_AT));
  for (let at = 0; at < load.lines.length; at += step) {
    const answer = await postJson(load.url, load.path, load.type, load.lines[at]);
    const problem = workload.startsWith('introspect')
      ? introspectionProblem(answer)
      : issueProblem(contender, answer);
    if (problem !== undefined) {
      throw new Error(`${contender}, ${workload}: ${problem}: ${JSON.stringify(answer)}`);
    }
  }
}

function introspectionProblem(answer) {
  if (answer.active !== true) return 'the token is not active';
  if (!(answer.exp > Date.now() / 1000)) return 'exp is not in the future';
  return answer.scope?.includes('read_invoices') ? undefined : 'the scope is missing';
}

function issueProblem(contender, answer) {
  if (contender === 'opa') {
    const { effect, grant } = answer.result ?? {};
    return effect === 'allow' && grant.scopes.length === 2 ? undefined : 'not allowed';
  }
  const { access_token: token, scope } = answer;
  if (!scope?.includes('read_invoices')) return 'the scope is missing';
  // oidc-provider's tokens are opaque; the others must be what they say.
  if (contender === 'oidc') return token?.length > 20 ? undefined : 'no token';
  const [header, payload, signature] = (token ?? '').split('.');
  if (signature === undefined) return 'no JWT';
  const { alg } = decode(header);
  const { exp, sub } = decode(payload);
  if (alg !== 'ES256' || !(exp > Date.now() / 1000)) return 'not an ES256 token with a future exp';
  return sub.startsWith('bench-') ? undefined : 'issued to somebody else';
}

function decode(part) {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
