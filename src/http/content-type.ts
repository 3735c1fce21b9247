import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';

export type Codec = 'json' | 'form';

interface MediaType {
  readonly codec: Codec;
  /** The form is labelled ISO-8859-1. */
  readonly latin1: boolean;
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const WITH_CHARSET =
  /^application\/(json|x-www-form-urlencoded)(?:[ \t]*;[ \t]*charset=(utf-?8|"utf-?8"|iso-8859-1|"iso-8859-1"))?[ \t]*(?:;[ \t]*)?$/i;

/**
 * Returns the codec of a Content-Type; undefined for any other type, parameter or charset.
 * One `charset` is accepted: UTF-8, spelled `utf8` too, and ISO-8859-1 for a form (see `readTextBody`). One trailing `;`
 * is accepted.
 */
export function codecOf(contentType: string | undefined): Codec | undefined {
  return mediaTypeOf(contentType)?.codec;
}

/** Returns the codec of a call among those of the route; throws `unsupported_media_type`. */
export function requireCodec(call: Call, taken: readonly Codec[]): Codec {
  const codec = codecOf(call.single('content-type'));
  if (codec !== undefined && taken.includes(codec)) return codec;
  const names = taken.map((one) => (one === 'json' ? JSON_TYPE : FORM_TYPE)).join(' or ');
  throw new CountersignError('unsupported_media_type', `Send ${names}.`);
}

/**
 * Reads the body of a form or a JSON document, after `requireCodec`.
 * A form is percent-encoded UTF-8 whatever its label (RFC 6749 appendix B). Throws `unsupported_media_type` for a form
 * labelled ISO-8859-1 with text outside ASCII: a reader that follows the label would see other text.
 */
export async function readTextBody(call: Call): Promise<Uint8Array> {
  const body = await call.body();
  if (mediaTypeOf(call.headers['content-type'])?.latin1 === true && !isAscii(body)) {
    throw new CountersignError(
      'unsupported_media_type',
      'The form is labelled ISO-8859-1 and holds text outside ASCII. Encode it in UTF-8 and send no charset.',
    );
  }
  return body;
}

function mediaTypeOf(contentType: string | undefined): MediaType | undefined {
  if (contentType === FORM_TYPE) return { codec: 'form', latin1: false };
  if (contentType === JSON_TYPE) return { codec: 'json', latin1: false };
  const match = contentType === undefined ? null : WITH_CHARSET.exec(contentType);
  if (match === null) return undefined;
  const codec = match[1]?.toLowerCase() === 'json' ? 'json' : 'form';
  const latin1 = match[2]?.toLowerCase().includes('iso') ?? false;
  // JSON is UTF-8 (RFC 8259 section 8.1).
  return codec === 'json' && latin1 ? undefined : { codec, latin1 };
}

/** Returns whether every byte is ASCII, also a percent-encoded one: the text is then the same in both charsets. */
function isAscii(body: Uint8Array): boolean {
  return body.every((byte, i) => {
    const next = body[i + 1] ?? 0;
    // `%` before a digit from 8, or a letter.
    return byte < 0x80 && (byte !== 0x25 || next < 0x38);
  });
}
