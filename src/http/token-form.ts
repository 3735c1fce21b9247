import type { ErrorCode } from '../domain/errors.js';
import type { ClientCredential } from '../domain/request.js';
import type { Call } from './call.js';
import { readTextBody, requireCodec } from './content-type.js';
import type { RequestParsers } from './ports.js';
import { refuseQuery } from './query.js';
import type { JsonSchema } from './route.js';

const STRING: JsonSchema = { type: 'string' };

/** RFC 7662 section 2.1, also of RFC 7009 section 2.1. */
export const TOKEN_FORM: JsonSchema = {
  type: 'object',
  required: ['token'],
  properties: {
    token: STRING,
    token_type_hint: { type: 'string', description: 'Accepted and ignored.' },
    client_id: STRING,
    client_secret: STRING,
    client_assertion: STRING,
    client_assertion_type: STRING,
  },
};

/** Errors of a route that reads a token form. */
export const TOKEN_FORM_ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'slow_down',
  'temporarily_unavailable',
  'unsupported_media_type',
  'payload_too_large',
];

const FORM_ONLY = ['form'] as const;

/** Reads the token and the credential of the client that asks about it. */
export async function readTokenForm(
  call: Call,
  parsers: Pick<RequestParsers, 'parseTokenForm' | 'credentialFrom'>,
): Promise<{ readonly token: string; readonly credential: ClientCredential }> {
  requireCodec(call, FORM_ONLY);
  refuseQuery(call);
  const { token, bodyCredential } = parsers.parseTokenForm(await readTextBody(call));
  const credential = parsers.credentialFrom({
    authorizationHeader: call.single('authorization'),
    bodyCredential,
    clientIdAlias: bodyCredential.clientId,
  });
  return { token, credential };
}
