import { ERROR_KINDS, type ErrorCode } from '../../domain/errors.js';
import { oauthAnswer, opaAnswer, publicCode } from '../error-reply.js';
import type { JsonSchema } from '../route.js';

const STRING: JsonSchema = { type: 'string' };

function closed(required: readonly string[], properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', required, additionalProperties: false, properties };
}

function listOf(...members: readonly string[]): JsonSchema {
  const properties = Object.fromEntries(members.map((member) => [member, STRING]));
  return { type: 'array', items: closed(members, properties) };
}

/** Schema of a problem document. */
export const PROBLEM: JsonSchema = {
  description: 'RFC 9457.',
  ...closed(['type', 'title', 'status', 'detail', 'error', 'hint', 'request_id'], {
    type: { type: 'string', description: 'URL of the page about this error.' },
    title: STRING,
    status: { type: 'integer' },
    detail: STRING,
    error: { enum: Object.keys(ERROR_KINDS) },
    hint: { type: 'string', description: 'Next step for the caller.' },
    request_id: STRING,
    decision_id: STRING,
    reasons: listOf('rule', 'code', 'message'),
    removed: listOf('scope', 'rule', 'reason'),
    problems: listOf('pointer', 'message'),
  }),
};

/** Schema of an OAuth error. */
export const OAUTH_ERROR: JsonSchema = {
  description: 'RFC 6749 section 5.2.',
  ...closed(['error', 'error_description', 'error_uri'], {
    error: STRING,
    error_description: { type: 'string', pattern: '^[ !#-\\[\\]-~]*$' },
    error_uri: { type: 'string', description: 'URL of the page about this error.' },
  }),
};

/** Schemas shared by many responses. */
export const SHARED_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Problem: PROBLEM,
  OpaError: {
    description: 'As in OPA’s REST API.',
    ...closed(['code', 'message'], { code: STRING, message: STRING }),
  },
  OAuthError: OAUTH_ERROR,
};

/** Status → media type → schema of the error responses. */
export type ErrorContent = Map<number, Record<string, JsonSchema>>;

/** Returns error responses in OPA's shape. */
export function opaErrorContent(codes: readonly ErrorCode[]): ErrorContent {
  const content: ErrorContent = new Map();
  for (const [status, errors] of byStatus(codes, opaAnswer)) {
    add(content, status, 'application/json', {
      $ref: '#/components/schemas/OpaError',
      properties: { code: { enum: [...errors] } },
    });
  }
  // An undecodable path matches no route, so it gets the default shape.
  const undecodable = narrowed('Problem', 400, new Set(['invalid_request']));
  add(content, 400, 'application/problem+json', undecodable);
  return content;
}

/** Groups error codes into documented responses; `withForm` adds those to form requests. */
export function errorContent(codes: readonly ErrorCode[], withForm: boolean): ErrorContent {
  const content: ErrorContent = new Map();
  for (const [status, errors] of byStatus(codes, problemAnswer)) {
    add(content, status, 'application/problem+json', narrowed('Problem', status, errors));
  }
  if (!withForm) return content;
  for (const [status, errors] of byStatus(codes, oauthAnswer)) {
    add(content, status, 'application/json', narrowed('OAuthError', undefined, errors));
  }
  return content;
}

function problemAnswer(code: ErrorCode): { readonly status: number; readonly error: string } {
  const error = publicCode(code);
  return { status: ERROR_KINDS[error].status, error };
}

function byStatus(
  codes: readonly ErrorCode[],
  answer: (code: ErrorCode) => { readonly status: number; readonly error: string },
): Map<number, Set<string>> {
  const groups = new Map<number, Set<string>>();
  for (const code of codes) {
    const { status, error } = answer(code);
    const errors = groups.get(status) ?? new Set();
    groups.set(status, errors.add(error));
  }
  return groups;
}

function narrowed(shared: string, status: number | undefined, errors: Set<string>): JsonSchema {
  return {
    $ref: `#/components/schemas/${shared}`,
    properties: {
      error: { enum: [...errors] },
      ...(status === undefined ? {} : { status: { const: status } }),
    },
  };
}

function add(content: ErrorContent, status: number, type: string, schema: JsonSchema): void {
  content.set(status, { ...content.get(status), [type]: schema });
}
