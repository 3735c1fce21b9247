import { CountersignError } from '../domain/errors.js';
import type { BodyCredential, ClientCredential } from '../domain/request.js';
import { parseBasic } from './basic.js';
import { invalidClient } from './refusal.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The credentials of a request. The URL is not a valid place (RFC 6749 section 2.3.1). */
export interface PresentedCredential {
  readonly authorizationHeader: string | undefined;
  readonly bodyCredential: BodyCredential;
  /** `client_id` or `agent_id` of the body, when the request has one. */
  readonly clientIdAlias?: string | undefined;
}

/**
 * Returns the client credential of a request.
 * Methods: client_secret_basic, client_secret_post (RFC 6749 section 2.3.1) and private_key_jwt (RFC 7523 section 2.2).
 * Throws CountersignError `invalid_request` for more than one method, `invalid_client` for none, for a malformed one,
 * and for a body that names another client than the header.
 */
export function credentialFrom(presented: PresentedCredential): ClientCredential {
  const { authorizationHeader: header, bodyCredential: body } = presented;
  const alias = body.clientId ?? presented.clientIdAlias;
  const byAssertion = body.clientAssertion !== undefined || body.clientAssertionType !== undefined;
  const methods = [header !== undefined, body.clientSecret !== undefined, byAssertion];
  if (methods.filter(Boolean).length > 1) {
    throw new CountersignError('invalid_request', 'More than one client authentication method.');
  }
  if (header !== undefined) return fromHeader(header, alias);
  if (byAssertion) return fromAssertion(body, alias);
  if (body.clientSecret === undefined) throw invalidClient('no client authentication');
  if (alias === undefined) throw invalidClient('client_secret without client_id');
  return { method: 'client_secret_post', clientId: alias, secret: body.clientSecret };
}

function fromHeader(header: string, alias: string | undefined): ClientCredential {
  const basic = parseBasic(header);
  if (basic === undefined) throw invalidClient('Authorization is not well-formed Basic');
  if (alias !== undefined && alias !== basic.clientId) {
    throw invalidClient('the body names another client than the Authorization header');
  }
  return { method: 'client_secret_basic', ...basic };
}

function fromAssertion(body: BodyCredential, alias: string | undefined): ClientCredential {
  const { clientAssertion: assertion, clientAssertionType: type } = body;
  if (assertion === undefined || type === undefined) {
    throw new CountersignError(
      'invalid_request',
      'client_assertion and client_assertion_type go together.',
    );
  }
  if (type !== ASSERTION_TYPE) throw invalidClient('client_assertion_type is not jwt-bearer');
  return { method: 'private_key_jwt', clientId: alias, assertion };
}
