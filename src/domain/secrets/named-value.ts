import { endOfRun, type SecretShape } from './finders.js';

/** The names of `SECRET_NAMES` in a text, except `d`. JSON may put an escape such as `\n` before it. */
const NAME =
  /(?:\b|\\[bfnrt]|\\u[0-9a-f]{4})(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|passphrase|(?:access|admin|bearer|id|refresh|subject)?[_-]?token|(?:proxy[_-]?)?authorization|(?:set[_-]?)?cookie|(?:sealed[_-]?)?private[_-]?key|(?:previous[_-]?)?key[_-]?encryption[_-]?key)/gi;
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
      if (endOfValue > start) return { start, end: endOfValue };
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

/** Finds named values in JSON text. Non-string members stay: an unquoted mask would not be JSON. */
export const NAMED_VALUE_IN_JSON = namedValue(
  (sign, before) => notScope(sign, before) && (!sign.startsWith('"') || sign.endsWith('"')),
);
