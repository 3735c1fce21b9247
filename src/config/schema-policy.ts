import { object, text, integer, flag } from './schema-parts.js';

/** `policy`: which bundle decides and how it is watched. */
export const POLICY_SCHEMA = object('The compiled policy.', {
  path: text('Bundle folder or tar.gz. Default: the bundle that comes with the package.'),
  entrypoint: text('Rule that decides.', {
    pattern: '^[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*$',
    default: 'countersign/decision',
  }),
  watch: flag('Load again when the bundle changes.', true),
  signatures: text('`required` refuses every unsigned bundle.', {
    enum: ['off', 'required'],
    default: 'off',
  }),
  breaker: object('Refuses to evaluate for a while when evaluation is slow.', {
    max_ms: integer('One evaluation above this is slow.', 1, 10_000, 100),
    trip_after: integer('Slow evaluations in a row that open it.', 1, 10_000, 10),
    cool_down_ms: integer('How long it stays open.', 100, 600_000, 2000),
  }),
});
