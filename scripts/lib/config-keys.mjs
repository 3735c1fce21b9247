// The list of configuration keys in docs/operate/configuration.md, made from the schema.

const COLUMNS = 120;
const BEGIN = '<!-- begin of the generated list of keys -->';
const END = '<!-- end of the generated list of keys -->';

/** Returns the page with its generated part replaced. Throws an Error when the markers are missing. */
export function withKeys(page, schema, settings) {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`the page needs the lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${keysOf(schema, settings)}\n${END}${after}`;
}

/** Returns Markdown with one item per key: single keys first, then one list per section. */
export function keysOf(schema, settings) {
  const variables = new Map(settings.map(({ path, variables: [name] }) => [path.join('.'), name]));
  const members = Object.entries(schema.properties);
  const isSection = ([, member]) => member.properties !== undefined;
  const single = members.filter((one) => !isSection(one));
  const sections = members.filter(isSection).map(([key, section]) => {
    const items = itemsBelow(section, key, variables);
    return `${wrapped(`**\`${key}\`**: ${section.description}`, '')}\n\n${items.join('\n')}\n`;
  });
  const first = single.flatMap(([key, member]) => itemsOf(member, key, variables));
  return [`${first.join('\n')}\n`, ...sections].join('\n');
}

function itemsBelow(schema, path, variables) {
  return Object.entries(schema.properties).flatMap(([key, member]) =>
    itemsOf(member, `${path}.${key}`, variables),
  );
}

/** Returns the item of one key, and the items of the members of its entries. */
function itemsOf(schema, path, variables) {
  if (schema.properties !== undefined) return itemsBelow(schema, path, variables);
  const names = [path, variables.get(path)].flatMap((name) => (name ? `\`${name}\`` : []));
  const item = `${names.join(', ')}: ${schema.description} ${valuesOf(schema)}`;
  const { items = {}, additionalProperties: more = {} } = schema;
  return [
    wrapped(item, '  ', '- '),
    ...(items.properties ? itemsBelow(items, `${path}[]`, variables) : []),
    ...(more.properties ? itemsBelow(more, `${path}.*`, variables) : []),
  ];
}

function valuesOf(schema) {
  const set = schema.default === undefined ? '' : `; default \`${String(schema.default)}\``;
  return `${kindOf(schema)}${set}.`;
}

function kindOf({ type, enum: values, items, minimum, maximum, properties }) {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  // Stays on one line: a line that begins with a number and a full stop would be an item of its own.
  if (type === 'integer') return `${minimum}\u00a0to\u00a0${maximum}`;
  if (type === 'array' && items.type === 'string') return 'List (comma-separated)';
  if (type === 'array') return 'List, in the file only';
  if (type === 'object' && properties === undefined) return 'Names and values, in the file only';
  return 'Text';
}

/** Breaks a paragraph at spaces; no line is wider than a page. */
function wrapped(text, indent, first = indent) {
  const lines = text.split(' ').reduce(
    ([line, ...done], word) => {
      const next = line.endsWith(' ') || line === '' ? `${line}${word}` : `${line} ${word}`;
      return next.length > COLUMNS ? [`${indent}${word}`, line, ...done] : [next, ...done];
    },
    [first],
  );
  return lines.reverse().join('\n').replaceAll('\u00a0', ' ');
}
