import { endOfRun, type SecretShape } from './finders.js';

/** The names of `SECRET_NAMES` in a text, without `d`. In JSON a name may stand behind an escape such as `\n`. */
const NAME =
  /(?:\b|\\[bfnrt]|\\u[0-9a-f]{4})(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|passphrase|(?:access|admin|bearer|id|refresh|subject)?[_-]?token|(?:proxy[_-]?)?authorization|(?:set[_-]?)?cookie|(?:sealed[_-]?)?private[_-]?key|(?:previous[_-]?)?key[_-]?encryption[_-]?key)/gi;
/** Quotes may be escaped, inside a text. */
const SIGN = /\\*["']?\s*[=:]\s*\\*["']?/y;
const VALUE = /[^\s"'&,;}{[\]\\]*/y;
/** The value after a scheme is found by the shape of the header. */
const SCHEME = /(?:Bearer|Basic|DPoP) /iy;

/** Whether a value counts by the sign before it, with its quotes, and by the character before the name. */
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

/** Every named value, for logs. */
export const NAMED_VALUE = namedValue(() => true);

/** For the record. Scopes stay, in a text (`secret:read:vault`) and as a name (`"read:secret": "…"`). */
const notScope: Counts = (sign, before) => {
  const first = /^\\*(.)/.exec(sign)?.[1];
  return sign !== ':' && ((first !== '"' && first !== "'") || before === first);
};
export const NAMED_VALUE_NOT_SCOPE = namedValue(notScope);

/** For JSON text. A member that is no string stays, since the mask without quotes would not be JSON. */
export const NAMED_VALUE_IN_JSON = namedValue(
  (sign, before) => notScope(sign, before) && (!sign.startsWith('"') || sign.endsWith('"')),
);
