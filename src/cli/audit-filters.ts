/** Options of `countersign audit` that filter by one value, with their help texts. */
export const AUDIT_FILTERS = [
  ['agent', 'of this agent'],
  ['session', 'of this session'],
  ['task', 'of this task'],
  ['user', 'of this user'],
  ['decision', 'of this decision'],
  ['grant', 'of this grant'],
  ['jti', 'of this token'],
  ['type', 'of this type, such as access.granted'],
] as const;
