// The native checker where there is one for the platform, else the one in JavaScript: tens of times slower, equal.
process.env.RECHECK_BACKEND ??= 'auto';

/** The automaton alone: the fuzzer of recheck finds attacks and proves nothing. */
const CHECKER = { checker: 'automaton', timeout: 900_000 };

/** The diagnostics of recheck on one pattern: `status` is `safe` when it is proved linear. */
export async function checkPattern(source, flags) {
  const { check } = await import('recheck');
  return check(source, flags, CHECKER);
}
