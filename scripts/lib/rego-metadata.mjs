// What every Rego file of the policy must say about itself. Node's own modules only.
import { basename, dirname } from 'node:path';

const ID = /^countersign(\.[a-z0-9_]+)+$/;
const ENTRYPOINT = 'data.countersign.decision';

/**
 * Problems of the policy's files, given as `{path, ast}` with paths relative to rego/ and the JSON of
 * `opa parse --json-include=annotations`. Test files take part only in the check that every folder has one.
 */
export function metadataProblems(files) {
  const policies = files.filter(({ path }) => !isTest(path));
  const ids = new Map();
  return [
    ...policies.flatMap((file) => packageProblems(file)),
    ...policies.flatMap((file) => ruleProblems(file, ids)),
    ...policies.flatMap((file) => constantProblems(file, ids)),
    ...entrypointProblems(policies),
    ...untestedFolders(files),
  ];
}

function isTest(path) {
  return path.endsWith('_test.rego');
}

function packageOf(ast) {
  return ast.package.path.map(({ value }) => value).join('.');
}

function packageProblems({ path, ast }) {
  const expected = ['data', ...dirname(path).split('/')].join('.');
  const about = (ast.annotations ?? []).find(({ scope }) => /^(sub)?packages?$/.test(scope));
  return [
    ...(packageOf(ast) === expected ? [] : [`${path}: the package is not ${expected}`]),
    ...(about?.title && about.description
      ? []
      : [`${path}: the package has no METADATA with title and description`]),
  ];
}

// An annotation for a whole document is listed with each of its rules; the rule's own comes first.
function ruleProblems({ path, ast }, ids) {
  const own = packageOf(ast).replace(/^data\./, '');
  return ast.rules.flatMap((rule) => {
    const name = `${path}: ${nameOf(rule)}`;
    const [about] = rule.annotations ?? [];
    if (about === undefined) return [`${name}: no METADATA`];
    const id = about.custom?.id;
    const problems = ['title', 'description']
      .filter((member) => !about[member])
      .map((member) => `${name}: METADATA has no ${member}`);
    if (typeof id !== 'string') return [...problems, `${name}: METADATA has no custom.id`];
    if (!ID.test(id) || !id.startsWith(`${own}.`)) problems.push(`${name}: ${id} is not ${own}.…`);
    if (ids.has(id)) problems.push(`${name}: ${id} is also the id of ${ids.get(id)}`);
    ids.set(id, name);
    return problems;
  });
}

function nameOf({ head }) {
  return head.ref?.map(({ value }) => value).join('.') ?? head.name;
}

/** A result names rules by constants; each must be the id of a rule. */
function constantProblems({ path, ast }, ids) {
  return constants(ast.rules)
    .filter((text) => text.startsWith('countersign.') && !ids.has(text))
    .map((text) => `${path}: ${text} is the id of no rule`);
}

function constants(node) {
  if (Array.isArray(node)) return node.flatMap(constants);
  if (node === null || typeof node !== 'object') return [];
  if (node.type === 'string' && typeof node.value === 'string') return [node.value];
  const members = Object.entries(node).filter(([name]) => name !== 'annotations');
  return members.flatMap(([, member]) => constants(member));
}

function entrypointProblems(policies) {
  const rules = policies.flatMap(({ ast }) =>
    ast.rules.map((rule) => ({ rule, path: `${packageOf(ast)}.${nameOf(rule)}` })),
  );
  const marked = new Set(
    rules
      .filter(({ rule }) => (rule.annotations ?? []).some(({ entrypoint }) => entrypoint === true))
      .map(({ path }) => path),
  );
  const problems = [];
  if (marked.size !== 1 || !marked.has(ENTRYPOINT)) {
    problems.push(`the entrypoints are ${[...marked].join(', ') || 'none'}, not ${ENTRYPOINT}`);
  }
  const fallback = rules.find(({ rule, path }) => path === ENTRYPOINT && rule.default === true);
  const effect = fallback?.rule.head.value.value.find?.(([key]) => key.value === 'effect')?.[1];
  if (effect?.value !== 'deny') problems.push(`${ENTRYPOINT} has no default that denies`);
  return problems;
}

function untestedFolders(files) {
  const tested = new Set(files.filter(({ path }) => isTest(path)).map(({ path }) => dirname(path)));
  return files
    .filter(({ path }) => !isTest(path) && !tested.has(dirname(path)))
    .map(({ path }) => `${path}: no test next to ${basename(path)}`);
}
