import type { Tree } from '../../config/tree.js';
import type { PolicyAnswer } from '../../domain/answers.generated.js';
import type { Column } from '../output.js';
import { READER, type Reader } from '../values.js';
import { shortDigest } from './bundles.js';

type NodeAnswer = PolicyAnswer['nodes'][number];

const policy: Reader<PolicyAnswer> = READER;
const node: Reader<NodeAnswer> = READER;
const decided: Reader<NonNullable<NodeAnswer['decided']>[number]> = READER;

/** A bundle with a role now, in one line whatever its number of roles. */
interface BundleLine {
  readonly revision: string;
  readonly digest: string;
  readonly roles: string[];
  decisions: number;
  errors: number;
}

/** Columns of `bundleLines`. */
export const BUNDLES: readonly Column[] = [
  { title: 'BUNDLE', value: (row) => String(row['revision']) },
  { title: 'DIGEST', value: (row) => shortDigest(String(row['digest'])) },
  { title: 'ROLES', value: (row) => (row['roles'] as readonly string[]).join(', ') },
  { title: 'ANSWERS', value: (row) => String(row['decisions']) },
  { title: 'ERRORS', value: (row) => String(row['errors']) },
];

/** Returns each bundle with a role once, with all of its roles and its answers on all nodes. */
export function bundleLines(body: unknown): readonly Tree[] {
  const lines = new Map<string, BundleLine>();
  const add = (role: string, revision: string, digest: string): void => {
    if (digest === '') return;
    const line = lines.get(digest) ?? { revision, digest, roles: [], decisions: 0, errors: 0 };
    line.roles.push(role);
    lines.set(digest, line);
  };
  add('active', policy.text(body, 'revision'), policy.text(body, 'digest'));
  const percent = policy.text(body, 'canary', 'percent');
  const canary = `canary for ${percent} % of agents`;
  add(canary, policy.text(body, 'canary', 'revision'), policy.text(body, 'canary', 'digest'));
  add('shadow', policy.text(body, 'shadow', 'revision'), policy.text(body, 'shadow', 'digest'));
  const next = ['candidate', 'revision'] as const;
  add('being made ready', policy.text(body, ...next), policy.text(body, 'candidate', 'digest'));
  for (const one of policy.rows(body, 'nodes')) {
    for (const count of node.rows(one, 'decided')) {
      const line = lines.get(decided.text(count, 'digest'));
      if (line === undefined) continue;
      line.decisions += decided.number(count, 'decisions') ?? 0;
      line.errors += decided.number(count, 'errors') ?? 0;
    }
  }
  return [...lines.values()].map((line): Tree => ({ ...line }));
}
