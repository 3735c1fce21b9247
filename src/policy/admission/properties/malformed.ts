import type { PolicyInput } from '../../../domain/policy.js';
import { withMember, withoutMember, type Path } from '../edit.js';
import type { Property } from './property.js';

/** A way to break a document, with its description. */
interface Break {
  readonly what: string;
  readonly apply: (input: PolicyInput) => object;
}

/** Variants tried on each input; all of them are covered over the inputs. */
const TRIED = 8;

export const malformedNeverAllowed: Property = {
  name: 'malformed_never_allowed',
  level: 'refuse',
  about: 'an input with a missing, unknown or wrongly typed member is never granted',
  show(input, pick, candidate) {
    if (candidate.decide(input).scopes.length === 0) return 'skipped';
    for (let i = 0; i < TRIED; i++) {
      const broken = BREAKS[(pick * TRIED + i) % BREAKS.length];
      if (broken === undefined) continue;
      const { scopes } = candidate.decide(broken.apply(input));
      if (scopes.length > 0) return { violated: `${broken.what}: grants ${scopes.join(' ')}` };
    }
    return 'holds';
  },
};

const TOP = ['request', 'agent', 'resource', 'signals', 'delegation', 'approval', 'now'];
const OF_REQUEST = ['resource', 'scopes', 'ttl_seconds', 'declared'];

const BREAKS: readonly Break[] = [
  ...TOP.map((name) => missing([name])),
  ...TOP.flatMap((name) =>
    wrong([name], name === 'approval' ? [{}, 'yes', true] : [null, 'x', []]),
  ),
  // The input has no member for revocation or expiry, so these are unknown members.
  ...['revoked', 'expired', 'expires_at_ms', 'admin'].map((name) => unknown([name])),
  wrongly('an approval that has expired', ['approval'], { expires_at_ms: 1, scopes: ['*'] }),
  ...OF_REQUEST.map((name) => missing(['request', name])),
  unknown(['request', 'revoked']),
  unknown(['request', 'declared', 'admin']),
  ...wrong(['request', 'resource'], [null, 1, ['x'], {}]),
  ...wrong(['request', 'scopes'], [null, 'x', {}, [], [1], [null], [{}], ['x', 1]]),
  ...wrong(['request', 'ttl_seconds'], [null, '300', [300], {}, true, 0, -1, Number.NaN, Infinity]),
  ...wrong(['request', 'declared'], [null, 'x', []]),
  { what: 'a scope requested twice', apply: twice },
  missing(['now', 'unix_ms']),
  ...wrong(['now', 'unix_ms'], [null, '1', 'NaN', {}]),
  missing(['delegation', 'chain']),
  ...wrong(['delegation', 'chain'], [null, 'x', {}]),
  missing(['agent', 'id']),
  ...wrong(['agent', 'id'], [null, 1, '', []]),
  missing(['resource', 'id']),
  ...wrong(['resource', 'id'], [null, 1, []]),
];

function missing(path: Path): Break {
  return { what: `/${path.join('/')} missing`, apply: (input) => withoutMember(input, path) };
}

function unknown(path: Path): Break {
  return {
    what: `/${path.join('/')}, an unknown member`,
    apply: (input) => withMember(input, path, true),
  };
}

function wrong(path: Path, values: readonly unknown[]): Break[] {
  return values.map((value) => {
    const said = typeof value === 'number' ? String(value) : JSON.stringify(value);
    return wrongly(`/${path.join('/')} is ${said}`, path, value);
  });
}

function wrongly(what: string, path: Path, value: unknown): Break {
  return { what, apply: (input) => withMember(input, path, value) };
}

function twice(input: PolicyInput): object {
  const { scopes } = input.request;
  return withMember(input, ['request', 'scopes'], [...scopes, ...scopes.slice(0, 1)]);
}
