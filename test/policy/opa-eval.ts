import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PolicyResult } from '../../src/domain/policy.js';
import { readResult } from '../../src/policy/serving/result.js';
import { NOT_DEFAULT } from '../../scripts/lib/example-policy.mjs';
import { findOpa } from '../../scripts/lib/opa.mjs';

const REGO = fileURLToPath(new URL('../../rego/', import.meta.url));

/** A policy's sources; the default policy has the examples and the frame below it, which are no part of it. */
export interface Sources {
  readonly folder: string;
  readonly ignore?: readonly string[];
}

const DEFAULT_POLICY: Sources = {
  folder: REGO,
  ignore: NOT_DEFAULT.flatMap((name) => ['--ignore', name]),
};

/** `go install` may have to build it first. */
export const OPA_TIMEOUT_MS = 15 * 60_000;

/**
 * Evaluates a term of Rego over each item of a list, in one run of `opa eval` on a policy. The term sees the
 * item as `item`; an item it is undefined for is undefined in the answer.
 */
export function opaEvalEach(
  term: string,
  items: readonly unknown[],
  { folder, ignore = [] }: Sources = DEFAULT_POLICY,
): unknown[] {
  const query = `{position: answer | some position, item in input; answer := ${term}}`;
  const args = ['eval', '-b', '.', ...ignore, '--stdin-input', '-f', 'raw', query];
  const ran = spawnSync(findOpa(), args, {
    cwd: folder,
    input: JSON.stringify(items),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (ran.status !== 0) throw new Error(`opa eval: ${ran.stderr}${ran.stdout}`);
  const answers = JSON.parse(ran.stdout) as Record<string, unknown>;
  return items.map((_, position) => answers[String(position)]);
}

/** What a policy's sources decide for each input, in the one order of lists that the engine gives. */
export function opaDecisions(inputs: readonly unknown[], sources?: Sources): PolicyResult[] {
  const term = 'data.countersign.decision with input as item';
  return opaEvalEach(term, inputs, sources).map((result) => {
    const checked = readResult(JSON.stringify([{ result }]));
    if (!checked.ok) throw new Error(`${JSON.stringify(result)}: ${JSON.stringify(checked)}`);
    return checked.value;
  });
}
