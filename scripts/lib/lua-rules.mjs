/** Commands that read nothing but the server itself, and so take no key. */
const KEYLESS = new Set(['TIME', 'INFO']);

/** What is wrong with one script: `name` is the file's, `includes` the names there are. [] when it is well. */
export function scriptProblems(name, text, includes) {
  const named = /^[a-z]+(?:[A-Z][a-z0-9]*)+-(\d+)\.lua$/.exec(name);
  if (named === null) return ['is not named verbNoun-N.lua'];
  const problems = [];
  if (!text.startsWith('#!lua')) problems.push('does not start with #!lua at byte 0');
  const documented = documentedKeys(text);
  const expected = documented.map((_key, at) => at + 1);
  if (documented.join() !== expected.join() || documented.length !== Number(named[1])) {
    problems.push(`is named for ${named[1]} keys; its header documents KEYS ${documented.join()}`);
  }
  for (const [, include] of text.matchAll(/^-- @include (\S+)/gm)) {
    if (!includes.includes(include)) problems.push(`includes ${include}, which does not exist`);
  }
  return [...problems, ...bodyProblems(text, Number(named[1]))];
}

/** What is wrong with the body of a script or an include: keys come from KEYS alone, at most `keys` of them. */
export function bodyProblems(text, keys) {
  const body = withoutComments(text);
  const problems = [];
  for (const { index } of body.matchAll(/\bredis\s*(?:\.\s*p?call\b|\[)/g)) {
    const problem = callProblem(body.slice(index));
    if (problem !== undefined) problems.push(`line ${lineOf(body, index)}: ${problem}`);
  }
  for (const { index, 1: inside } of body.matchAll(/\bKEYS\b\s*(?:\[([^\]]*)\])?/g)) {
    const number = /^\d+$/.test(inside ?? '') ? Number(inside) : 0;
    if (number < 1 || number > keys) {
      problems.push(`line ${lineOf(body, index)}: uses KEYS other than KEYS[1] to KEYS[${keys}]`);
    }
  }
  return problems;
}

function callProblem(rest) {
  const call = /^redis\.p?call\(\s*'(?:XINFO', ')?([A-Z]+)'\s*(?:,\s*([^,)]*)|\))/.exec(rest);
  if (call === null) return 'redis.call is not called with a literal command';
  if (KEYLESS.has(call[1]) || /^KEYS\[\d+\]\s*$/.test(call[2] ?? '')) return undefined;
  return `${call[1]} on a key that is not one of KEYS`;
}

/** The numbers of the header's `-- KEYS[i] …` lines, in their order. */
function documentedKeys(text) {
  const header = /^#!lua[^\n]*\n((?:--[^\n]*\n)*)/.exec(text)?.[1] ?? '';
  return [...header.matchAll(/^-- KEYS\[(\d+)\] \S/gm)].map(([, number]) => Number(number));
}

/** Comments blanked out, line breaks kept; quotes inside a comment must not count as code. */
function withoutComments(text) {
  return text.replace(/--[^\n]*/g, '').replace(/^#!lua[^\n]*/, '');
}

function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}
