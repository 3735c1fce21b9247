// Ways to say something in Rego, to see what each costs: a condition of an otherwise empty policy.

const list = (n, one) => Array.from({ length: n }, (_, i) => one(i));
const names = (n) => list(n, (i) => `name-${i}`);
const last = (n) => `name-${n - 1}`;
const URL_PATTERN = String.raw`^https://[a-z0-9.-]+\.example\.org/[a-z]+/[0-9]{1,9}$`;
const url = 'https://docs.example.org/pages/1234';

const DATA = {
  names: names(10_000),
  by_name: Object.fromEntries(names(10_000).map((name) => [name, { scopes: ['a'] }])),
  few: names(100),
};

/**
 * `{group, name, condition, rules?, data?, input?}`: `condition` must hold; `rules` stand next to it, `input` is
 * added to the request's labels. The first of a group is what the others are compared with by the reader.
 */
export const IDIOMS = [
  { group: 'nothing', name: 'an empty condition', condition: 'true' },

  ...[
    ['startswith and endswith', 'startswith(url, "https://docs."); endswith(url, "/1234")'],
    ['split and compare', 'split(url, "/")[2] == "docs.example.org"'],
    ['regex.match', `regex.match(\`${URL_PATTERN}\`, url)`],
    ['glob.match', 'glob.match("https://*.example.org/pages/*", [".", "/"], url)'],
    [
      'regex.match, pattern made at run time',
      'regex.match(sprintf("^https://%s/", [input.agent.labels.host]), url)',
    ],
  ].map(([name, condition]) => ({
    group: 'one text',
    name,
    condition: `url := input.agent.labels.url; ${condition}`,
    labels: { url, host: 'docs.example.org' },
  })),

  ...[
    ['strings.any_prefix_match', 'strings.any_prefix_match(text, data.countersign.few)'],
    ['startswith in a loop', 'some one in data.countersign.few; startswith(text, one)'],
    [
      'glob.match in a loop',
      'some one in data.countersign.few; glob.match(concat("", [one, "*"]), [], text)',
    ],
    [
      'regex.match in a loop',
      'some one in data.countersign.few; regex.match(concat("", ["^", one]), text)',
    ],
  ].map(([name, condition]) => ({
    group: 'a hundred prefixes, the last of which holds',
    name,
    condition: `text := input.agent.labels.text; ${condition}`,
    labels: { text: `${last(100)}/x` },
  })),

  ...[
    [
      'a key of an object',
      'data.countersign.by_name[input.agent.labels.name].scopes[0] == "a"',
      last,
    ],
    [
      'a list, found first',
      'some one in data.countersign.names; one == input.agent.labels.name',
      () => 'name-0',
    ],
    [
      'a list, found last',
      'some one in data.countersign.names; one == input.agent.labels.name',
      last,
    ],
    [
      'a list, found first, in a separate rule',
      'found',
      () => 'name-0',
      'found if {\n\tsome one in data.countersign.names\n\tone == input.agent.labels.name\n}',
    ],
    ['x in list, found last', 'input.agent.labels.name in data.countersign.names', last],
    [
      'a set made of the list first',
      'all := {one | some one in data.countersign.names}; input.agent.labels.name in all',
      last,
    ],
  ].map(([name, condition, pick, rules]) => ({
    group: 'one of 10,000 names',
    name,
    condition,
    rules,
    labels: { name: pick(10_000) },
  })),

  ...[10, 100, 1000].map((n) => ({
    group: 'as many rules as names, the last of which holds',
    name: `${n} rules \`known if input… == "name"\``,
    condition: 'known',
    rules: names(n)
      .map((name) => `known if input.agent.labels.name == "${name}"`)
      .join('\n\n'),
    labels: { name: last(n) },
  })),

  ...[
    ['a comprehension of 100', 'count([one | some one in data.countersign.few]) == 100'],
    ['a comprehension of 10,000', 'count([one | some one in data.countersign.names]) == 10000'],
    [
      'one in another, 100 × 100',
      'count([1 | some a in data.countersign.few; some b in data.countersign.few; a == b]) == 100',
    ],
    [
      'one value made twice',
      'count([one | some one in data.countersign.names]) > 0; count([one | some one in data.countersign.names; one != ""]) > 0',
    ],
    [
      'a separate rule, used twice',
      'count(kept) > 0; count(kept) == 10000',
      'kept := [one | some one in data.countersign.names]',
    ],
    [
      'a function, called twice',
      'count(made("a")) > 0; count(made("b")) == 10000',
      'made(not_this) := [one | some one in data.countersign.names; one != not_this]',
    ],
  ].map(([name, condition, rules]) => ({
    group: 'comprehensions',
    name,
    condition,
    rules,
    labels: {},
  })),

  ...[1000, 10_000, 30_000].map((n) => {
    const data = {
      big: Object.fromEntries(names(n).map((name) => [name, { scopes: ['read:*'] }])),
    };
    const kilobytes = Math.round(JSON.stringify(data).length / 1000);
    return {
      group: 'the size of the data',
      name: `${kilobytes} kB, of which one key is read`,
      condition: `data.big["${last(n)}"]`,
      data,
    };
  }),

  ...[
    ['time.clock', 'time.clock([input.now.unix_ms * 1000000, "Europe/Berlin"])[0] >= 0'],
    ['time.parse_rfc3339_ns', 'time.parse_rfc3339_ns("2025-11-24T20:00:00Z") > 0'],
    ['sprintf', 'sprintf("%s:%d", ["a", 7]) == "a:7"'],
    ['concat and format_int', 'concat(":", ["a", format_int(7, 10)]) == "a:7"'],
  ].map(([name, condition]) => ({ group: 'what the host computes', name, condition, labels: {} })),
];

/** The policy around a condition. */
export function policyOf({ condition, rules = '' }) {
  const denied = '{"effect": "deny", "reasons": [], "obligations": []}';
  return `package countersign

default decision := ${denied}

# METADATA
# entrypoint: true
decision := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": 60},
	"reasons": [], "obligations": [],
} if {
	${condition.split('; ').join('\n\t')}
}

${rules}
`;
}

export const dataOf = ({ condition, rules = '', data }) =>
  data ?? (`${condition}${rules}`.includes('data.countersign') ? { countersign: DATA } : {});
