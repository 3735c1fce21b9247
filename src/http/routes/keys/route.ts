import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import { OUTCOME_RESPONSES } from '../revocations/outcome.js';
import { type KeyDeps, listKeys, revokeKey, rotateKeys } from './handler.js';
import { KEYS, REASON_BODY, ROTATION_REQUESTED } from './schema.js';

/** Signing keys. */
export function keyRoutes(deps: KeyDeps): readonly Route[] {
  return [
    adminRoute('listKeys', {
      summary: 'Signing keys and their states.',
      method: 'GET',
      path: '/admin/v1/keys',
      responses: { 200: jsonAnswer('The keyring, public parts only.', KEYS) },
      handler: listKeys(deps),
    }),
    adminRoute('rotateKeys', {
      summary: 'Ask the worker to rotate the signing key.',
      method: 'POST',
      path: '/admin/v1/keys/rotate',
      responses: { 202: jsonAnswer('Asked for.', ROTATION_REQUESTED) },
      errors: ['conflict'],
      handler: rotateKeys(deps),
    }),
    adminRoute('revokeKey', {
      summary: 'Kill every token of a signing key at once; another key signs from then on.',
      method: 'POST',
      path: '/admin/v1/keys/{kid}/revoke',
      json: REASON_BODY,
      responses: OUTCOME_RESPONSES,
      errors: ['not_found', 'conflict'],
      handler: revokeKey(deps),
    }),
  ];
}
