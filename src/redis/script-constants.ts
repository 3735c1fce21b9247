const NAME = '[A-Z][A-Z0-9_]*';
const NUMBER = '-?[0-9][0-9.]*(?: / [0-9]+)?';
/** `local A, B = 1, 2`: names in capitals, numbers that never change. */
const DECLARATION = new RegExp(
  `^local (${NAME}(?:, ${NAME})*) = (${NUMBER}(?:, ${NUMBER})*)$`,
  'gm',
);
/** What a name may stand in without being one: a string, a comment; else a field or a name. */
const WORD = new RegExp(`'(?:[^'\\\\\\n]|\\\\.)*'|--[^\\n]*|(?:(?<!\\.)[.:])?\\b${NAME}\\b`, 'g');

/**
 * Writes the numbers of a script in place of their names, and keeps its lines. Redis runs the whole text each time,
 * and a function that uses a name captures it each time: of a script of fifty functions that was a sixth.
 * Throws when a name is declared twice, or not with as many numbers as names.
 */
export function inlineConstants(source: string): string {
  const values = new Map<string, string>();
  const rest = source.replace(DECLARATION, (_, names: string, numbers: string) => {
    const of = numbers.split(', ');
    const named = names.split(', ');
    if (of.length !== named.length) throw new Error(`${names}: ${String(of.length)} numbers`);
    for (const [at, name] of named.entries()) {
      if (values.has(name)) throw new Error(`${name} is declared twice`);
      const value = of[at] ?? '';
      values.set(name, /^[0-9.]+$/.test(value) ? value : `(${value})`);
    }
    return '';
  });
  return rest.replace(WORD, (word) => values.get(word) ?? word);
}
