// Policies full of patterns: our engine and the package's own evaluate(), which compiles them at each call.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../child.mjs';
import { policyInput } from '../../policy-input.mjs';
import { median } from '../../quantiles.mjs';
import { round } from '../../redis.mjs';
import { archiveOf, compileText } from './compile.mjs';

const CHILD = fileURLToPath(new URL('evaluate-child.mjs', import.meta.url));

const DECISION = (conditions) => `
default decision := {"effect": "deny", "reasons": [], "obligations": []}

decision := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": 60},
	"reasons": [], "obligations": [],
} if {
	${conditions.join('\n\t')}
}`;

const url = (pattern) => `regex.match(\`${pattern}\`, input.request.declared.url)`;
const shortUrl = url('^https?://([a-z0-9-]+\\.)+[a-z]{2,}(:[0-9]{1,5})?(/[^ ]*)?$');
/** The one that most people copy. */
const copiedUrl = url(
  '^https?:\\/\\/(www\\.)?[-a-zA-Z0-9@:%._\\+~#=]{1,256}\\.[a-zA-Z0-9()]{1,6}\\b([-a-zA-Z0-9()@:%_\\+.~#?&//=]*)$',
);
const globs = Array.from(
  { length: 10 },
  (_, n) =>
    `not glob.match("team-${n}-*:{read,write}:*.internal", [":"], input.request.declared.name)`,
);
const letters = 'regex.match(`^\\p{L}{1,10}$`, input.request.declared.person)';

/** What the rest of an evaluation takes: that policy without a pattern. */
const CONTROL = 'no_pattern';
const CASES = {
  [CONTROL]: ['input.request.scopes'],
  short_url_regex: [shortUrl],
  copied_url_regex: [copiedUrl],
  ten_globs: globs,
  letters_1_to_10: [letters],
  all_of_them: [shortUrl, copiedUrl, ...globs, letters],
};

/**
 * `{control, cases: {case: {decide, same_work, package, ratio, decide_ratio, patterns_ratio}}}`: how many of ours fit into one evaluate() of the package,
 * doing equal work (a document in, a document out), and as whole decisions (canonical input, its digest, the result
 * checked).
 */
export async function measurePatterns(bench, opa) {
  const { options, folder, say } = bench;
  const child = startChild(options.cores[0], CHILD);
  const plain = policyInput('bench-1');
  const declared = {
    url: 'https://api.example.com:8443/v1/charges?limit=3',
    name: 'team-x:read:a',
    person: 'Ångström',
  };
  const input = { ...plain, request: { ...plain.request, declared } };
  const results = {};
  for (const [name, conditions] of Object.entries(CASES)) {
    const file = join(folder, `patterns-${name}.tar.gz`);
    const compiled = await compileText(opa, DECISION(conditions));
    writeFileSync(file, await archiveOf(compiled, { revision: name }));
    const runs = [];
    for (let turn = 0; turn < options.rounds; turn++) {
      const names = ['decide', 'same_work', 'package'];
      const { decision, times } = await child.ask({ file, input, names, seconds: 0.5 });
      if (decision.effect !== 'allow') throw new Error(`${name}: ${JSON.stringify(decision)}`);
      runs.push(times);
    }
    results[name] = summary(runs);
    const { same_work: ours, package: theirs, ratio, decide_ratio: whole } = results[name];
    say(
      `patterns, ${name}: ${ours.p50_us} µs, the package ${theirs.p50_us} µs: ${ratio} times, ${whole} as a decision`,
    );
  }
  await child.stop();
  const { [CONTROL]: control, ...cases } = results;
  for (const one of Object.values(cases)) one.patterns_ratio = patternsRatio(one, control);
  return { control, cases };
}

/** The ratio of what the patterns add to a policy without one. */
function patternsRatio(one, control) {
  const added = (way) => one[way].p50_us - control[way].p50_us;
  return round(added('package') / Math.max(added('same_work'), 0.1), 1);
}

function summary(runs) {
  const of = (name, what) => round(median(runs.map((run) => run[name][what])), 1);
  const ways = Object.fromEntries(
    Object.keys(runs[0]).map((name) => [
      name,
      { p50_us: of(name, 'p50'), p99_us: of(name, 'p99') },
    ]),
  );
  const over = (name) => round(ways.package.p50_us / ways[name].p50_us, 1);
  return { ...ways, ratio: over('same_work'), decide_ratio: over('decide') };
}
