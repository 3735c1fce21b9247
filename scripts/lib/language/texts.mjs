import ts from 'typescript';
import { proseOfMarkdown, withoutQuotations } from './words.mjs';

/** The texts of a file that people read, as `{line, text}` with the line its text begins on. */
export function textsOf(file, source) {
  if (file.endsWith('.md')) return [{ line: 1, text: proseOfMarkdown(source) }];
  if (/\.(ts|mjs|cjs|js)$/.test(file)) return textsOfTypeScript(file, source);
  if (file.endsWith('.rego')) return textsBetween(source, REGO);
  if (file.endsWith('.lua')) return textsBetween(source, LUA);
  if (/\.ya?ml$/.test(file)) return textsBetween(source, YAML);
  return [];
}

/** Comments and string literals, taken with TypeScript's scanner; module names are no text. */
function textsOfTypeScript(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found = new Map();
  const add = (from, to) => {
    const line = tree.getLineAndCharacterOfPosition(from).line + 1;
    found.set(from, { line, text: withoutQuotations(source.slice(from, to)) });
  };
  const comments = (ranges) => ranges?.forEach(({ pos, end }) => add(pos, end));
  const visit = (node) => {
    if (isText(node)) add(node.getStart(tree) + 1, node.getEnd() - 1);
    const children = node.getChildren(tree).filter(({ kind }) => !isJsDoc(kind));
    if (children.length > 0) return children.forEach(visit);
    comments(ts.getLeadingCommentRanges(source, node.pos));
    comments(ts.getTrailingCommentRanges(source, node.end));
  };
  visit(tree);
  return [...found.values()].sort((one, other) => one.line - other.line);
}

const isJsDoc = (kind) =>
  kind >= ts.SyntaxKind.FirstJSDocNode && kind <= ts.SyntaxKind.LastJSDocNode;

function isText(node) {
  if (node.parent && (ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent))) {
    return false;
  }
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  );
}

// Comments and strings, whichever begins first. A run of comment lines is one text, as a phrase can cross its lines.
const REGO =
  /(?<comment>#[^\n]*(?:\n[ \t]*#[^\n]*)*)|"(?<text>(?:[^"\\\n]|\\.)*)"|`(?<raw>[^`]*)`/g;
const LUA =
  /(?<comment>--[^\n]*(?:\n[ \t]*--[^\n]*)*)|"(?<text>(?:[^"\\\n]|\\.)*)"|'(?<raw>(?:[^'\\\n]|\\.)*)'/g;
const YAML =
  /(?<=^|\s)(?<comment>#[^\n]*(?:\n[ \t]*#[^\n]*)*)|"(?<text>(?:[^"\\\n]|\\.)*)"|'(?<raw>[^'\n]*)'/g;

function textsBetween(source, pattern) {
  return [...source.matchAll(pattern)].map(({ index, groups }) => ({
    line: source.slice(0, index).split('\n').length,
    text: withoutQuotations(groups.comment ?? groups.text ?? groups.raw),
  }));
}
