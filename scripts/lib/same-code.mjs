import ts from 'typescript';
import { formatted } from './format.mjs';

const PLACEHOLDER = '…';

/**
 * The JavaScript that a source compiles to, without comments and with a placeholder for every text, and those texts in
 * their order. Names of modules, of members and the parts of tagged templates are code, not text.
 */
export async function codeOf(file, source) {
  const compiled = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      removeComments: true,
      verbatimModuleSyntax: true,
    },
  }).outputText;
  const tree = ts.createSourceFile('code.js', compiled, ts.ScriptTarget.Latest, true);
  const texts = [];
  const { transformed } = ts.transform(tree, [(context) => withPlaceholders(context, texts)]);
  const printed = ts.createPrinter({ removeComments: true }).printFile(transformed[0]);
  return { code: await formatted('code.js', printed, { objectWrap: 'collapse' }), texts };
}

/** Compares two sources: whether they are the same code, and the texts that differ as `{before, after}`. */
export async function compareSources(file, before, after) {
  const old = await codeOf(file, before);
  const current = await codeOf(file, after);
  const same = old.code === current.code;
  const pairs = old.texts.map((text, index) => ({ before: text, after: current.texts[index] }));
  return { same, texts: same ? pairs.filter((pair) => pair.before !== pair.after) : [] };
}

function withPlaceholders(context, texts) {
  const { factory } = context;
  const take = (text) => (texts.push(text), factory.createStringLiteral(PLACEHOLDER));
  const visit = (node) => {
    if (isCode(node)) return node;
    if (ts.isStringLiteralLike(node)) return take(node.text);
    if (ts.isTemplateHead(node)) {
      return (texts.push(node.text), factory.createTemplateHead(PLACEHOLDER));
    }
    if (ts.isTemplateMiddle(node)) {
      return (texts.push(node.text), factory.createTemplateMiddle(PLACEHOLDER));
    }
    if (ts.isTemplateTail(node)) {
      return (texts.push(node.text), factory.createTemplateTail(PLACEHOLDER));
    }
    const chain = ts.isBinaryExpression(node) ? foldedEnd(node) : undefined;
    if (chain === undefined) return ts.visitEachChild(node, visit, context);
    const left = chain.left && ts.visitNode(chain.left, visit);
    const text = take(chain.text);
    return left === undefined ? text : factory.createAdd(left, text);
  };
  return (tree) => ts.visitNode(tree, visit);
}

/** What is compared as code: module names, names of members, parts of tagged templates, directives. */
function isCode(node) {
  if (ts.isTaggedTemplateExpression(node)) return true;
  if (!ts.isStringLiteralLike(node)) return false;
  const { parent } = node;
  const isName = parent.name === node || ts.isElementAccessExpression(parent);
  const isModule = ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent);
  const isImport =
    ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isName || isModule || isImport || ts.isExpressionStatement(parent);
}

/** `'a' + 'b'` is one text however it is cut for the width of a line; `x + 'a' + 'b'` ends with one. */
function foldedEnd(node) {
  let text = '';
  let rest = node;
  let parts = 0;
  while (isSum(rest) && ts.isStringLiteralLike(rest.right)) {
    text = rest.right.text + text;
    rest = rest.left;
    parts += 1;
  }
  if (ts.isStringLiteralLike(rest)) return { left: undefined, text: rest.text + text };
  return parts > 1 ? { left: rest, text } : undefined;
}

const isSum = (node) =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
