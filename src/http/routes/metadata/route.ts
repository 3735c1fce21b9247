import { replyDocument } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';

export interface MetadataDeps {
  readonly issuer: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly maxAgeSeconds: number;
}

const WELL_KNOWN = '/.well-known/oauth-authorization-server';

/** Returns the metadata route; its path has the well-known string after the host (RFC 8414 section 3). */
export function metadataRoute({ issuer, metadata, maxAgeSeconds }: MetadataDeps): Route {
  const issuerPath = new URL(issuer).pathname.replace(/\/$/, '');
  const body = JSON.stringify(metadata);
  const reply = replyDocument('application/json', body, maxAgeSeconds);
  return {
    operationId: 'metadata',
    summary: 'Get the authorization server metadata.',
    method: 'GET',
    paths: [`${WELL_KNOWN}${issuerPath}`],
    access: 'anyone',
    responses: {
      200: jsonAnswer('The metadata.', {
        type: 'object',
        required: ['issuer', 'token_endpoint', 'jwks_uri', 'grant_types_supported'],
        properties: {
          issuer: { type: 'string', format: 'uri' },
          token_endpoint: { type: 'string', format: 'uri' },
          jwks_uri: { type: 'string', format: 'uri' },
          grant_types_supported: { type: 'array', items: { type: 'string' }, minItems: 1 },
        },
      }),
    },
    errors: [],
    handler: () => Promise.resolve(reply),
  };
}
