import ts from 'typescript';
import { proseOfMarkdown, withoutQuotations } from './words.mjs';

/** The texts of a file that people read, as `{line, text}` with the line its text begins on. */
export function textsOf(file, source) {
  if (file.endsWith('.md')) return [{ line: 1, text: proseOfMarkdown(source) }];
  if (/^test\/.*\.ts$/.test(file)) return textsOfTypeScript(file, source, isTitle);
  if (/\.(ts|mjs|cjs|js)$/.test(file)) return textsOfTypeScript(file, source, isText);
  if (file.endsWith('.json')) return textsOfSchema(source);
  if (file.endsWith('.rego')) return textsBetween(source, REGO);
  if (file.endsWith('.lua')) return textsBetween(source, LUA);
  if (/\.ya?ml$/.test(file)) return textsBetween(source, YAML);
  return [];
}

/** Comments and the string literals that `counts` selects, taken with TypeScript's scanner. */
function textsOfTypeScript(file, source, counts) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found = new Map();
  const add = (from, to) => {
    const line = tree.getLineAndCharacterOfPosition(from).line + 1;
    found.set(from, { line, text: withoutQuotations(source.slice(from, to)) });
  };
  const comments = (ranges) => ranges?.forEach(({ pos, end }) => add(pos, end));
  const visit = (node) => {
    if (isStringPart(node) && counts(node)) add(node.getStart(tree) + 1, node.getEnd() - 1);
    // A token has no children, and asking for them scans it.
    const children = ts.isToken(node) ? [] : node.getChildren(tree);
    const others = children.filter(({ kind }) => !isJsDoc(kind));
    if (others.length > 0) return others.forEach(visit);
    comments(ts.getLeadingCommentRanges(source, node.pos));
    comments(ts.getTrailingCommentRanges(source, node.end));
  };
  visit(tree);
  return [...found.values()].sort((one, other) => one.line - other.line);
}

const isJsDoc = (kind) =>
  kind >= ts.SyntaxKind.FirstJSDocNode && kind <= ts.SyntaxKind.LastJSDocNode;

const isStringPart = (node) =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddleOrTemplateTail(node);

/** Module names are no text. */
const isText = ({ parent }) =>
  !(parent && (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)));

const TITLED = /^(?:describe|context|it)(?:\.\w+)?$/;

/** Selects the parts of a literal or template that is the first argument of `describe`, `context` or `it`. */
function isTitle(node) {
  const whole = ts.isTemplateHead(node)
    ? node.parent
    : ts.isTemplateMiddleOrTemplateTail(node)
      ? node.parent.parent
      : node;
  const call = whole.parent;
  return (
    ts.isCallExpression(call) &&
    call.arguments[0] === whole &&
    TITLED.test(call.expression.getText())
  );
}

/** Members of a JSON Schema that people read, and their lines in a file with one member per line. */
const DESCRIBED = /"(?:title|description|\$comment)"\s*:\s*"(?<text>(?:[^"\\\n]|\\.)*)"/g;

function textsOfSchema(source) {
  return [...source.matchAll(DESCRIBED)].map(({ index, groups }) => ({
    line: source.slice(0, index).split('\n').length,
    text: withoutQuotations(groups.text.replaceAll('\\"', '"')),
  }));
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
