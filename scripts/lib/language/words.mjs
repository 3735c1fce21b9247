/** Words that fail the check. */
export const HARD = [
  ...['anew', 'whoever', 'errand', 'reckoned', 'seldom', 'once more', 'so many', 'is had', 'kin'],
];

/** Words that are counted and printed only: grammar decides whether they are right. */
export const SOFT = [
  ...['told', 'whose', 'nobody', 'goes on', 'of its own', 'what is there', 'meanwhile'],
  ...['the same', 'beside'],
];

/** Quotations up to this length are left out; a longer one is an unpaired quotation mark. */
const QUOTED = 300;

const CODE_FENCE = /^ {0,12}(`{3,}|~{3,})/;

/** Replaces a stretch with spaces, so that the lines around it keep their numbers. */
const blank = (stretch) => stretch.replace(/[^\n]/g, ' ');

/** Markdown without fenced code, link targets, code spans and quotations; every line keeps its number. */
export function proseOfMarkdown(text) {
  let fence;
  const lines = text.split('\n').map((line) => {
    const mark = CODE_FENCE.exec(line)?.[1];
    const inside = fence !== undefined;
    if (fence === undefined) fence = mark;
    else if (mark !== undefined && mark.startsWith(fence)) fence = undefined;
    return inside || mark !== undefined ? blank(line) : line;
  });
  return withoutQuotations(lines.join('\n').replace(/\]\([^()\n]*\)/g, blank));
}

/** A text without code spans and double-quoted stretches, none of which crosses an empty line. */
export function withoutQuotations(text) {
  return text
    .split(/(\n[ \t]*\n)/)
    .map((paragraph) =>
      paragraph
        .replace(/`[^`]*`/g, blank)
        .replace(/"[^"]*"|“[^”]*”/g, (quoted) => (quoted.length > QUOTED ? quoted : blank(quoted))),
    )
    .join('');
}

/** Every occurrence of a word in a text, as `{word, line}`; a line break counts as a space. */
export function wordsIn(text, words, firstLine = 1) {
  // Most texts have none: one look for all of them, before each is looked for.
  if (!anyOf(words).test(text)) return [];
  return words
    .flatMap((word) =>
      [...text.matchAll(patternOf(word))].map(({ index }) => ({
        word,
        line: firstLine + text.slice(0, index).split('\n').length - 1,
      })),
    )
    .sort((one, other) => one.line - other.line);
}

const any = new Map();

function anyOf(words) {
  const known = any.get(words);
  if (known !== undefined) return known;
  const made = new RegExp(words.map((word) => patternOf(word).source).join('|'), 'iu');
  any.set(words, made);
  return made;
}

/** Whole words in any case; between the words of a phrase a comment may continue on its next line. */
function patternOf(word) {
  return new RegExp(`\\b${word.replaceAll(' ', '\\s+(?:(?:\\*|//|#|--)\\s+)?')}\\b`, 'giu');
}
