import type { Finding } from '../../../domain/policy-author.js';
import { nodes, placeOf, type Module } from './ast.js';

/** Data takes about 15 times its JSON size in an instance, which has 64 MiB of memory. */
const MAX_DATA_BYTES = 4 * 1024 * 1024;
const LARGE_DATA_BYTES = 1024 * 1024;

/** Finds data that is too large, and numbers that change when they are parsed. */
export function dataFindings(files: ReadonlyMap<string, Buffer>): Finding[] {
  const data = [...files].filter(([path]) => !path.endsWith('.manifest'));
  const total = data.reduce((sum, [, content]) => sum + content.length, 0);
  const [largest] = [...data].sort(([, a], [, b]) => b.length - a.length);
  const findings = data.flatMap(([path, content]) =>
    numberFindings(path, content.toString('utf8')),
  );
  if (largest !== undefined && total > LARGE_DATA_BYTES) {
    findings.push({
      file: largest[0],
      line: 1,
      rule: 'data-size',
      severity: total > MAX_DATA_BYTES ? 'error' : 'warning',
      message: `${String(total)} bytes of data take about ${String(Math.ceil((total * 15) / 1024 / 1024))} MiB in each instance`,
      hint: 'Agents, resources and grants reach the policy in its input; ship only the data that the rules need.',
    });
  }
  return findings;
}

const TOO_LARGE = 'is above 2^53: it is rounded when it is parsed';
const AS_TEXT = 'Write it as a string.';

function numberFindings(path: string, text: string): Finding[] {
  return text.split('\n').flatMap((line, row) => {
    // Strings are blanked, so that digits in them are not numbers. A JSON string does not span lines.
    const bare = line.replaceAll(/"(?:\\.|[^"\\])*"?/g, (quoted) => ' '.repeat(quoted.length));
    return [...bare.matchAll(/[\w.'-]+/g)]
      .map(({ 0: word, index }) => ({ digits: /^(-?\d{16,})(?:-|$)/.exec(word)?.[1] ?? '', index }))
      .filter(({ digits }) => !Number.isSafeInteger(Number(digits)))
      .map(({ digits, index }) => ({
        ...{ file: path, line: row + 1, column: index + 1 },
        ...{ rule: 'data-number' as const, severity: 'error' as const },
        message: `${digits} ${TOO_LARGE}`,
        hint: AS_TEXT,
      }));
  });
}

/** Finds numbers in rules that a double cannot represent. */
export function numberInRegoFindings(modules: readonly Module[]): Finding[] {
  return modules.flatMap((module) =>
    [...nodes(module.rules)]
      .filter(
        ({ type, value }) =>
          type === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value),
      )
      .map((node) => ({
        ...placeOf(module, node['location'] as Parameters<typeof placeOf>[1]),
        rule: 'data-number' as const,
        severity: 'error' as const,
        message: `the number ${TOO_LARGE}`,
        hint: AS_TEXT,
      })),
  );
}
