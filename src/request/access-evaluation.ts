import {
  MAX_EVALUATIONS,
  MAX_UNSEEN_NAMED,
  type AccessQuestion,
  type EvaluationBatch,
  type EvaluationItem,
} from '../domain/access-evaluation.js';
import { holdsCredential, maskText } from '../domain/secrets/mask.js';
import { CountersignError } from '../domain/errors.js';
import type { BodyCredential } from '../domain/request.js';
import { malformed } from './malformed.js';
import { parseStrictJson } from './strict-json.js';
import { bodyCredentialOf, declaredOf, ttlOf } from './token-request.js';

/** The content of a body of the AuthZEN endpoints, with its client authentication. */
export interface ParsedEvaluations {
  readonly batch: EvaluationBatch;
  /** The answer is one decision instead of a list: `evaluations` is absent or empty (section 6.1). */
  readonly single: boolean;
  readonly bodyCredential: BodyCredential;
}

/** Equal to the longest declared text of a token request. */
const MAX_TEXT_CHARS = 1024;

type Members = Readonly<Record<string, unknown>>;
/** The given entities, with their members that are absent from the policy input. */
interface Entities {
  readonly subject?: Said<'subject'>;
  readonly action?: Said<'action'>;
  readonly resource?: Said<'resource'>;
  readonly context?: Said<'ttlSeconds' | 'declared'>;
}
type Said<Member extends keyof AccessQuestion> = Pick<AccessQuestion, Member | 'unseen'>;

/** Members of `context` in the policy input. */
const SEEN_IN_CONTEXT: ReadonlySet<string> = new Set(
  'ttl_seconds session_id task_id user_id reason'.split(' '),
);
/** Names that answers and events may repeat; other members are reported by kind only. */
const MEMBER_NAME = /^[A-Za-z_][\w.:-]{0,63}$/;

const STOPS_ON: ReadonlyMap<unknown, boolean | undefined> = new Map([
  [undefined, undefined],
  ['execute_all', undefined],
  ['deny_on_first_deny', false],
  ['permit_on_first_permit', true],
]);

/**
 * Parses the body of an access evaluation (`one`) or of access evaluations (`many`).
 * See OpenID AuthZEN Authorization API 1.0 sections 5.1 and 6.1. Properties and context members that are absent from
 * the policy input are listed in the evaluation; other unknown members are ignored. An error in one item of a batch is
 * reported in its place; any other error throws CountersignError (400 or 413).
 */
export function parseEvaluations(body: Uint8Array, endpoint: 'one' | 'many'): ParsedEvaluations {
  const members: Members = Object.fromEntries(parseStrictJson(body));
  const bodyCredential = credentialOf(members);
  const defaults = entitiesOf(members);
  const list = endpoint === 'many' ? listOf(members['evaluations']) : [];
  const stopsOn = endpoint === 'many' ? semanticOf(members['options']) : undefined;
  if (list.length === 0) {
    const items = [complete(defaults)];
    return { batch: { items, stopsOn: undefined }, single: true, bodyCredential };
  }
  const items = list.map((item) => itemOf(item, defaults));
  return { batch: { items, stopsOn }, single: false, bodyCredential };
}

function listOf(value: unknown): readonly unknown[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw malformed('evaluations is not an array.');
  if (value.length > MAX_EVALUATIONS) {
    throw malformed(`More than ${String(MAX_EVALUATIONS)} evaluations are requested.`);
  }
  return value;
}

function semanticOf(options: unknown): boolean | undefined {
  const semantic = optionalObjectAt(options, 'options')?.['evaluations_semantic'] ?? undefined;
  if (!STOPS_ON.has(semantic)) throw malformed('options.evaluations_semantic is not known.');
  return STOPS_ON.get(semantic);
}

/**
 * Parses an item.
 * Each entity it gives replaces the default as a whole, without a merge (section 6.1.1).
 */
function itemOf(item: unknown, defaults: Entities): EvaluationItem {
  try {
    const own = objectAt(item, 'The evaluation');
    if (own === undefined) throw malformed('The evaluation is not an object.');
    return complete({ ...defaults, ...entitiesOf(own) });
  } catch (error) {
    if (error instanceof CountersignError) return { problem: error.detail };
    throw error;
  }
}

function complete({ subject, action, resource, context }: Entities): AccessQuestion {
  if (subject === undefined) throw malformed('subject is missing.');
  if (action === undefined) throw malformed('action is missing.');
  if (resource === undefined) throw malformed('resource is missing.');
  const unseen = [subject, action, resource, context].flatMap((said) => said?.unseen ?? []);
  return {
    subject: subject.subject,
    action: action.action,
    resource: resource.resource,
    ttlSeconds: context?.ttlSeconds,
    declared: context?.declared ?? {},
    unseen: [...new Set(unseen)].slice(0, MAX_UNSEEN_NAMED),
  };
}

function entitiesOf(members: Members): Entities {
  const subject = objectAt(members['subject'], 'subject');
  const action = objectAt(members['action'], 'action');
  const resource = objectAt(members['resource'], 'resource');
  const context = optionalObjectAt(members['context'], 'context');
  return {
    ...(subject === undefined ? {} : { subject: subjectOf(subject) }),
    ...(action === undefined ? {} : { action: actionOf(action) }),
    ...(resource === undefined ? {} : { resource: resourceOf(resource) }),
    ...(context === undefined ? {} : { context: contextOf(context) }),
  };
}

function subjectOf(entity: Members): Said<'subject'> {
  return { subject: identityAt(entity, 'subject'), unseen: propertiesOf(entity, 'subject') };
}

function actionOf(entity: Members): Said<'action'> {
  const unseen = propertiesOf(entity, 'action');
  return { action: textAt(entity['name'], 'action.name'), unseen };
}

function resourceOf(entity: Members): Said<'resource'> {
  return { resource: identityAt(entity, 'resource'), unseen: propertiesOf(entity, 'resource') };
}

function identityAt(entity: Members, name: string): { readonly type: string; readonly id: string } {
  return {
    type: textAt(entity['type'], `${name}.type`),
    id: textAt(entity['id'], `${name}.id`),
  };
}

/** Returns the names of the properties, none of which the policy input contains. */
function propertiesOf(entity: Members, name: string): string[] {
  const path = `${name}.properties`;
  return Object.keys(optionalObjectAt(entity['properties'], path) ?? {}).map((key) =>
    named(path, key),
  );
}

/** Returns the path of a member; `*` in place of a name that is unusual or holds a credential. */
function named(path: string, key: string): string {
  return MEMBER_NAME.test(key) && maskText(key) === key ? `${path}.${key}` : `${path}.*`;
}

function contextOf(context: Members): Said<'ttlSeconds' | 'declared'> {
  const ttl = context['ttl_seconds'] ?? undefined;
  if (ttl !== undefined && typeof ttl !== 'number') {
    throw malformed('context.ttl_seconds is not a number.');
  }
  const declared = (name: string): string | undefined => {
    const value = context[name];
    // Empty means absent, as in a token request.
    return isAbsent(value) || value === '' ? undefined : textAt(value, `context.${name}`);
  };
  return {
    ttlSeconds: ttl === undefined ? undefined : ttlOf(ttl, 'context.ttl_seconds'),
    declared: declaredOf({
      sessionId: declared('session_id'),
      taskId: declared('task_id'),
      userId: declared('user_id'),
      reason: declared('reason'),
    }),
    unseen: Object.keys(context)
      .filter((key) => !SEEN_IN_CONTEXT.has(key))
      .map((key) => named('context', key)),
  };
}

function credentialOf(members: Members): BodyCredential {
  const text = (name: string): string | undefined => {
    const value = members[name];
    if (isAbsent(value) || value === '') return undefined;
    if (typeof value !== 'string') throw malformed(`${name} is not a string.`);
    return value;
  };
  return bodyCredentialOf({
    clientId: text('client_id'),
    clientSecret: text('client_secret'),
    clientAssertion: text('client_assertion'),
    clientAssertionType: text('client_assertion_type'),
  });
}

/** Returns whether an optional member is absent, or null, which is equal. */
function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Returns an optional object. A null subject, action or resource is refused: it replaces no default. */
function optionalObjectAt(value: unknown, name: string): Members | undefined {
  return isAbsent(value) ? undefined : objectAt(value, name);
}

function objectAt(value: unknown, name: string): Members | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw malformed(`${name} is not an object.`);
}

/** Returns a text member. Refuses credentials, since these members are stored and forwarded. */
function textAt(value: unknown, name: string): string {
  if (value === undefined) throw malformed(`${name} is missing.`);
  if (typeof value !== 'string') throw malformed(`${name} is not a string.`);
  // Length before content: a text that is longer than any name is never stored.
  const mayBeKept = value.length <= MAX_TEXT_CHARS;
  if (mayBeKept && holdsCredential(value))
    throw malformed(`${name} holds what looks like a credential.`);
  return value;
}
