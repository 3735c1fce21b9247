import type { BundleDecisions } from '../../domain/policy-lifecycle.js';

/** Maximum number of bundles and roles with counts; the one that decided first is forgotten. */
const MAX_ENTRIES = 16;

type Role = BundleDecisions['role'];

/** Counts which bundle answered in which role, since the start of the process. */
export class Decided {
  private readonly counts = new Map<string, { decisions: number; errors: number }>();

  /** Returns the answer of a bundle and counts it, or counts what the evaluation throws. */
  by<T>(role: Role, { digest }: { readonly digest: string }, evaluate: () => T): T {
    const key = `${role} ${digest}`;
    const known = this.counts.get(key) ?? this.begin(key);
    let counted: 'decisions' | 'errors' = 'errors';
    try {
      const answer = evaluate();
      counted = 'decisions';
      return answer;
    } finally {
      known[counted] += 1;
    }
  }

  list(): readonly BundleDecisions[] {
    return [...this.counts].map(([key, counts]) => {
      const [role = '', digest = ''] = key.split(' ');
      return { digest, role: role as Role, ...counts };
    });
  }

  private begin(key: string): { decisions: number; errors: number } {
    const [oldest] = this.counts.keys();
    if (oldest !== undefined && this.counts.size >= MAX_ENTRIES) this.counts.delete(oldest);
    const fresh = { decisions: 0, errors: 0 };
    this.counts.set(key, fresh);
    return fresh;
  }
}
