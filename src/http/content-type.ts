import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';

export type Codec = 'json' | 'form';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const WITH_CHARSET =
  /^application\/(json|x-www-form-urlencoded)(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?[ \t]*$/i;

/** Returns the codec of a Content-Type; undefined for any other type, parameter or charset. */
export function codecOf(contentType: string | undefined): Codec | undefined {
  if (contentType === FORM_TYPE) return 'form';
  if (contentType === JSON_TYPE) return 'json';
  const match = contentType === undefined ? null : WITH_CHARSET.exec(contentType);
  if (match === null) return undefined;
  return match[1]?.toLowerCase() === 'json' ? 'json' : 'form';
}

/** Returns the codec of a call among those of the route; throws `unsupported_media_type`. */
export function requireCodec(call: Call, taken: readonly Codec[]): Codec {
  const codec = codecOf(call.single('content-type'));
  if (codec !== undefined && taken.includes(codec)) return codec;
  const names = taken.map((one) => (one === 'json' ? JSON_TYPE : FORM_TYPE)).join(' or ');
  throw new CountersignError('unsupported_media_type', `Send ${names}.`);
}
