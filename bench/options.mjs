import { availableParallelism } from 'node:os';

export const SECTIONS = [
  'introspect',
  'issue',
  'stages',
  'memory',
  'agents',
  'policy',
  'quarantine',
  'gather',
  'audit',
];
export const POLICY_PARTS = [
  'evaluation',
  'patterns',
  'activation',
  'memory',
  'hot_swap',
  'replay',
  'trials',
  'rollback',
];

export const HELP = `usage: npm run bench -- [OPTIONS]

Compares Countersign with a bare node:http server (the limit), a bare Express server (the floor), oidc-provider
and the OPA server, interleaved in one run. Progress goes to standard error, one JSON object last to standard output.

  --only LIST        sections to run, of ${SECTIONS.join(', ')}; all by default
  --parts LIST       parts of the section policy, of ${POLICY_PARTS.join(', ')}
  --quick            short and small: to see that it works, not to quote
  --duration SECONDS of one load run (4)
  --rounds N         interleaved runs per contender; the median is reported (3)
  --connections N    kept open by the load generator (64)
  --tokens N         tokens that are introspected in turn (60000, more than the verifier remembers)
  --clients N        agents that ask in turn (1000)
  --grants N         grants after which the memory of the service is read (100000)
  --agents N         registered agents to compare with ten (1000000)
  --fsync LIST       Redis appendfsync policies, of always and everysec (always,everysec)
  --cores A,B,C      cores of the contender, of the load generator and of Redis (0,1,1)
  --cpu-prof FOLDER  also profile both paths and write .cpuprofile files there
  --json             no progress, only the JSON object
  --help             this text

Set COUNTERSIGN_OPA to an opa binary that is not on PATH.
Exit codes: 0 measured; 1 a contender answered wrongly or a step failed; 2 wrong usage.
`;

const DEFAULTS = {
  only: SECTIONS,
  parts: POLICY_PARTS,
  quick: false,
  json: false,
  duration: 4,
  rounds: 3,
  connections: 64,
  tokens: 60_000,
  clients: 1000,
  grants: 100_000,
  agents: 1_000_000,
  fsync: ['always', 'everysec'],
  cores: [0, 1, 1],
  cpuProf: undefined,
};
const QUICK = {
  quick: true,
  duration: 1,
  rounds: 1,
  tokens: 2000,
  clients: 100,
  grants: 5000,
  agents: 20_000,
  fsync: ['everysec'],
};
const INTEGERS = new Set(['rounds', 'connections', 'tokens', 'clients', 'grants', 'agents']);

export class UsageError extends Error {}

/** The options of a command line; throws UsageError. `--quick` changes defaults, wherever it stands. */
export function parseOptions(args) {
  const given = {};
  for (let at = 0; at < args.length; at++) {
    const [name, inline] = splitOnce(args[at]);
    if (name === '--help') return { help: true };
    if (name === '--quick' || name === '--json') {
      given[name.slice(2)] = true;
      continue;
    }
    const value = inline ?? args[++at];
    if (value === undefined) throw new UsageError(`${name} needs a value`);
    Object.assign(given, parseOption(name, value));
  }
  const options = { ...DEFAULTS, ...(given.quick ? QUICK : {}), ...given };
  if (options.cores.some((core) => core >= availableParallelism())) {
    options.cores = options.cores.map((core) => Math.min(core, availableParallelism() - 1));
  }
  return options;
}

function splitOnce(text) {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function parseOption(name, value) {
  const key = name.replace(/^--/, '');
  if (INTEGERS.has(key)) return { [key]: positive(name, value, /^[0-9]{1,8}$/) };
  switch (name) {
    case '--duration':
      return { duration: positive(name, value, /^[0-9]{1,4}$/) };
    case '--only':
      return { only: listOf(name, value, SECTIONS) };
    case '--parts':
      return { parts: listOf(name, value, POLICY_PARTS) };
    case '--fsync':
      return { fsync: listOf(name, value, ['always', 'everysec']) };
    case '--cores': {
      const cores = value.split(',').map(Number);
      if (cores.length !== 3 || !cores.every((core) => Number.isInteger(core) && core >= 0)) {
        throw new UsageError('--cores takes three core numbers: 0,1,1');
      }
      return { cores };
    }
    case '--cpu-prof':
      return { cpuProf: value };
    default:
      throw new UsageError(`unknown option ${name}`);
  }
}

function positive(name, value, shape) {
  if (!shape.test(value) || Number(value) === 0) throw new UsageError(`${name} takes a number`);
  return Number(value);
}

function listOf(name, value, allowed) {
  const items = value.split(',');
  const unknown = items.find((item) => !allowed.includes(item));
  if (unknown !== undefined) throw new UsageError(`${name}: ${unknown} is none of ${allowed}`);
  return items;
}
