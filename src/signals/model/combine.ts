import type { Term } from './terms.js';

/**
 * Kinds of evidence: volume, novelty, denials and revocation.
 * One kind alone is rarely an attack: beyond FREE it counts with its logarithm, so that a quarantine takes two of them.
 * Honey scopes and misused tokens alone are sufficient evidence.
 */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  volume: ['requests_10m', 'requests_2h', 'activity_2h', 'activity_24h', 'growth_7d'],
  novelty: ['new_scopes_60m'],
  denials: ['denials_60m'],
  revocation: ['after_revocation'],
};
const FREE = 3;
const REST = 0.3;
/** Maximum of one kind, which alone makes a score of at most 0.949. */
const MOST = 4.3;

/**
 * Returns the score of these terms, in [0, 1).
 * It is S² / (S² + 1), S² being the sum of the squares of the kinds. 0.8 is S = 2.
 * @param mostSquares maximum of the squares without honey. Honey is added after it, so that the policy can subtract it
 */
export function anomalyOf(
  terms: readonly Pick<Term, 'name' | 'score'>[],
  mostSquares = Infinity,
): number {
  const scores = new Map<string, number>(terms.map(({ name, score }) => [name, score]));
  let squares = 0;
  for (const names of Object.values(KINDS)) {
    let kind = 0;
    for (const name of names) {
      const score = scores.get(name) ?? 0;
      kind += score * score;
    }
    const bounded = boundedKind(Math.sqrt(kind));
    squares += bounded * bounded;
  }
  const squareOf = (name: string): number => (scores.get(name) ?? 0) ** 2;
  squares = Math.min(squares + squareOf('misuse_60m'), mostSquares) + squareOf('honey_60m');
  return squares / (squares + 1);
}

function boundedKind(score: number): number {
  return score <= FREE ? score : Math.min(MOST, FREE + REST * Math.log(score / FREE));
}
