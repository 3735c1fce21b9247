import { endOfRun, type SecretShape } from './finders.js';

/** The names of `SECRET_NAMES` in a text, except `d`. */
const NAMES =
  '(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|passphrase|(?:access|admin|bearer|id|refresh|subject)?[_-]?token|(?:proxy[_-]?)?authorization|(?:set[_-]?)?cookie|(?:sealed[_-]?)?private[_-]?key|(?:previous[_-]?)?key[_-]?encryption[_-]?key)';
/** A name in a text; an escape such as `\n` of JSON in a text may come before it. */
const IN_TEXT = `(?:\\b|\\\\[bfnrt]|\\\\u[0-9a-f]{4})${NAMES}`;
const NAME = new RegExp(IN_TEXT, 'gi');
/** A name that begins here. */
const NAME_HERE = new RegExp(IN_TEXT, 'iy');
/** The name of a member that holds a secret. */
export const SECRET_MEMBER = new RegExp(`^${NAMES}$`, 'i');
/** A name with a sign after it, with or without a value. */
export const NAME_WITH_SIGN = new RegExp(`${NAMES}\\\\*["']?\\s*[=:]`, 'i');
/** The sign between name and value; quotes may be escaped. */
const SIGN = /\\*["']?\s*[=:]\s*\\*["']?/y;
const VALUE = /[^\s"'&,;}{[\]\\]*/y;
/** A scheme; the value after it is found by the shape of the header. */
const SCHEME = /(?:Bearer|Basic|DPoP) /iy;

/** Accepts a value by the sign before it, with its quotes, and by the character before the name. */
type Counts = (sign: string, before: string | undefined) => boolean;

/** Finds the value after the name of a secret: client_secret=…, "client_secret": "…". */
function namedValue(counts: Counts): SecretShape {
  return (text, from) => {
    NAME.lastIndex = from;
    for (let found = NAME.exec(text); found !== null; found = NAME.exec(text)) {
      const end = NAME.lastIndex;
      const start = endOfRun(text, end, SIGN);
      if (start === end || !counts(text.slice(end, start), text[found.index - 1])) continue;
      if (endOfRun(text, start, SCHEME) > start) continue;
      const endOfValue = endOfRun(text, start, VALUE);
      if (isNameWithSign(text, start, endOfValue)) NAME.lastIndex = start;
      else if (endOfValue > start) return { start, end: endOfValue };
    }
    return undefined;
  };
}

/** Finds every named value, for logs. */
export const NAMED_VALUE = namedValue(() => true);

/** Excludes scopes, in a text (`secret:read:vault`) and as a name (`"read:secret": "…"`). */
const notScope: Counts = (sign, before) => {
  const first = /^\\*(.)/.exec(sign)?.[1];
  return sign !== ':' && ((first !== '"' && first !== "'") || before === first);
};
export const NAMED_VALUE_NOT_SCOPE = namedValue(notScope);

/** Returns true where the text between two offsets is another name with its sign: its value comes after it. */
function isNameWithSign(text: string, start: number, end: number): boolean {
  NAME_HERE.lastIndex = start;
  if (!NAME_HERE.test(text)) return false;
  const endOfName = NAME_HERE.lastIndex;
  const endOfSign = endOfRun(text, endOfName, SIGN);
  return endOfSign > endOfName && endOfSign >= end;
}
