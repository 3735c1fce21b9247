import { parsePointer } from '../domain/json-pointer.js';
import { isNode, LineCounter, parseDocument } from '../schema/yaml.js';
import type { ConfigProblem } from './problems.js';
import { isTree, type Tree } from './tree.js';

export interface ParsedDocument {
  readonly tree: Tree;
  readonly problems: readonly ConfigProblem[];
  /** Returns the line of a pointer's value or nearest parent; undefined for the whole document. */
  lineOf(pointer: string): number | undefined;
}

const MAX_ALIASES = 32;

/** Parses one YAML 1.2 document. Reports duplicate keys, further documents and alias bombs as problems. */
export function parseYaml(text: string): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: ConfigProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    where: '',
    message: `not valid YAML: ${error.message}`,
    line: lines.linePos(error.pos[0]).line,
  }));
  const lineOf = (pointer: string): number | undefined => {
    for (let path = parsePointer(pointer); path.length > 0; path = path.slice(0, -1)) {
      const node: unknown = document.getIn(path, true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  if (problems.length > 0) return { tree: {}, problems, lineOf };
  return { ...contentOf(() => document.toJS({ maxAliasCount: MAX_ALIASES })), lineOf };
}

function contentOf(read: () => unknown): { tree: Tree; problems: ConfigProblem[] } {
  try {
    const value = read();
    if (value === null || value === undefined) return { tree: {}, problems: [] };
    if (isTree(value)) return { tree: value, problems: [] };
    return { tree: {}, problems: [{ where: '', message: 'must be a mapping of keys to values' }] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { tree: {}, problems: [{ where: '', message: `not valid YAML: ${why}` }] };
  }
}
