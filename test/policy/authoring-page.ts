import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../docs/policy/authoring.md', import.meta.url), 'utf8');

/** What a recipe says comes of a request. */
export interface Outcome {
  readonly asks: readonly string[];
  readonly gets: readonly string[];
  readonly declared?: object;
  readonly roles?: readonly string[];
  readonly signals?: object;
  readonly at?: string;
  readonly effect?: string;
  readonly code?: string;
  readonly approvers?: readonly string[];
  readonly alarms?: readonly string[];
}

export interface Recipe {
  readonly name: string;
  readonly rego: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly Outcome[];
}

function blocks(kind: string): Map<string, string> {
  const found = PAGE.matchAll(new RegExp(`^\`\`\`\\w+ ${kind}=(\\w+)\\n([^]*?)^\`\`\`$`, 'gm'));
  return new Map([...found].map(([, name = '', text = '']) => [name, text]));
}

/** Every recipe of the page, with its data and its outcomes. Throws when one lacks either. */
export function recipes(): Recipe[] {
  const [data, outcomes] = [blocks('data'), blocks('outcomes')];
  return [...blocks('recipe')].map(([name, rego]) => {
    const [config, rows] = [data.get(name), outcomes.get(name)];
    if (config === undefined || rows === undefined) throw new Error(`${name} is not whole`);
    return {
      name,
      rego,
      data: JSON.parse(config) as Recipe['data'],
      outcomes: JSON.parse(rows) as Recipe['outcomes'],
    };
  });
}

/** The rows of the table below a heading, cell by cell, without the head. */
export function table(heading: string): string[][] {
  const [, below = ''] = PAGE.split(`\n${heading}\n`);
  const lines = (below.split(/\n#+ /)[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** The texts between backticks. */
export function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
