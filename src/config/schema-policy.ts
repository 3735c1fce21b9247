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
  ready_timeout_ms: integer(
    'How long every live node may take to make a bundle ready.',
    1000,
    300_000,
    15_000,
  ),
  canary: object('When a canary is taken back by itself.', {
    min_decisions: integer('Nothing is concluded from fewer decisions.', 1, 1_000_000, 100),
    error_percent: integer('More errors than the active bundle, of its decisions.', 0, 100, 1),
    denial_percent: integer('More or fewer denials than the active bundle.', 0, 100, 5),
  }),
});
