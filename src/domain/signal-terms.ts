/** What each term counts, and over which time. Terms are an open set: one that is not here is shown by its name. */
const TERMS: Readonly<Record<string, readonly [what: string, over: string]>> = {
  requests_10m: ['requests', '10 min'],
  requests_2h: ['requests', '2 h'],
  requests_24h: ['requests', '24 h'],
  surge: ['rise of the rate', ''],
  denials_60m: ['denials', '60 min'],
  new_scopes_60m: ['first-seen scopes', '60 min'],
  new_resources_60m: ['first-seen resources', '60 min'],
  new_clients_60m: ['first-seen clients', '60 min'],
  spread_60m: ['different resources', '60 min'],
  honey_60m: ['honey scopes', '60 min'],
  misuse_60m: ['introspections by unexpected callers', '60 min'],
  after_revocation: ['requests right after a revocation', ''],
};

/** A term for people: `denials: 14 in 60 min, expected 0.3`. */
export function termSentence(term: {
  readonly name: string;
  readonly value: number;
  readonly expected: number;
}): string {
  const [what, over] = (Object.hasOwn(TERMS, term.name) ? TERMS[term.name] : undefined) ?? [
    term.name,
    '',
  ];
  const within = over === '' ? '' : ` in ${over}`;
  return `${what}: ${brief(term.value)}${within}, expected ${brief(term.expected)}`;
}

/** A number with at most three significant digits behind the point. */
export function brief(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const digits = Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
