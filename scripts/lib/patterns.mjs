import ts from 'typescript';

const { SyntaxKind } = ts;

/**
 * The regular expressions in a TypeScript source: literals, `RegExp(…)` whose text is made of constants of the same
 * file, and `pattern` members of JSON schemas. `source` is undefined, with `why`, where the text is made at run time.
 */
export function patternsOfSource(file, text) {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(tree);
  const found = [];
  const add = (node, source, flags, why) => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ file, line, source, flags, why });
  };
  const visit = (node) => {
    if (node.kind === SyntaxKind.RegularExpressionLiteral) {
      const end = node.text.lastIndexOf('/');
      add(node, node.text.slice(1, end), node.text.slice(end + 1));
    } else if (isRegExpCall(node)) {
      const [source, flags] = node.arguments ?? [];
      const constant = source && textOf(source, constants);
      add(node, constant, (flags && textOf(flags, constants)) ?? '', 'made at run time');
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'pattern') {
      const constant = textOf(node.initializer, constants);
      // Another meaning of the word, or a pattern that is collected where it stands.
      if (constant !== undefined) add(node, constant, 'u');
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The `pattern` keywords of a JSON Schema, as ajv compiles them. */
export function patternsOfJson(file, text) {
  const found = [];
  const visit = (value) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === 'pattern' && typeof member === 'string') {
        found.push({ file, line: 1, source: member, flags: 'u' });
      } else visit(member);
    }
  };
  visit(JSON.parse(text));
  return found;
}

function isRegExpCall(node) {
  return (
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    node.expression.getText() === 'RegExp'
  );
}

/** Every constant of the file with a text that is known without running it. */
function constantsOf(tree) {
  const constants = new Map();
  const visit = (node) => {
    if (
      ts.isVariableDeclaration(node) &&
      node.initializer &&
      node.parent.flags & ts.NodeFlags.Const
    ) {
      const text = textOf(node.initializer, constants);
      if (text !== undefined) constants.set(node.name.getText(), text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return constants;
}

/** The text of an expression of literals, templates, sums, joined arrays and constants; undefined for any other. */
function textOf(node, constants) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return constants.get(node.text);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
    return textOf(node.expression, constants);
  }
  if (ts.isTemplateExpression(node)) {
    const parts = node.templateSpans.map(({ expression, literal }) => {
      const text = textOf(expression, constants);
      return text === undefined ? undefined : text + literal.text;
    });
    return parts.includes(undefined) ? undefined : node.head.text + parts.join('');
  }
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw') {
    return ts.isNoSubstitutionTemplateLiteral(node.template)
      ? node.template.rawText
      : rawOf(node, constants);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left, constants), textOf(node.right, constants)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return joinedOf(node, constants);
}

function rawOf({ template }, constants) {
  const parts = template.templateSpans.map(({ expression, literal }) => {
    const text = textOf(expression, constants);
    return text === undefined ? undefined : text + literal.rawText;
  });
  return parts.includes(undefined) ? undefined : template.head.rawText + parts.join('');
}

function joinedOf(node, constants) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined;
  const { name, expression: list } = node.expression;
  if (name.text !== 'join' || !ts.isArrayLiteralExpression(list)) return undefined;
  const parts = list.elements.map((element) => textOf(element, constants));
  const between = node.arguments[0] ? textOf(node.arguments[0], constants) : ',';
  return parts.includes(undefined) || between === undefined ? undefined : parts.join(between);
}
