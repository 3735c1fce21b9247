import { ALLOWED } from './allowance.mjs';
import { textsOf } from './texts.mjs';
import { wideLines } from './width.mjs';
import { HARD, SOFT, wordsIn } from './words.mjs';

/** What the check finds in one file: hard and soft words with their lines, and the lines that are too wide. */
export function checkFile(file, source) {
  const texts = textsOf(file, source);
  const all = (words) =>
    texts
      .flatMap(({ line, text }) => wordsIn(text, words, line))
      .map((found) => ({ file, ...found }));
  const wide = file.endsWith('.md') ? wideLines(source).map((line) => ({ file, line })) : [];
  return { hard: all(HARD), soft: all(SOFT), wide };
}

/** The finding of one area; `passed` when it has no more hard words than allowed and no wide line. */
export function checkArea(name, files, allowed = ALLOWED[name] ?? 0) {
  const results = files.map(({ file, source }) => checkFile(file, source));
  const hard = results.flatMap((one) => one.hard);
  const soft = results.flatMap((one) => one.soft);
  const wide = results.flatMap((one) => one.wide);
  const passed = hard.length <= allowed && wide.length === 0;
  return { name, files: files.length, hard, soft, wide, allowed, passed };
}
