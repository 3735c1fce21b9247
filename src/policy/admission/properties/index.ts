import { alwaysDecides, scopesWithinRequest, ttlWithinCaps } from './grants.js';
import { guardsFailClosed } from './guards.js';
import { keyOrderIsNothing } from './key-order.js';
import { malformedNeverAllowed } from './malformed.js';
import type { Property } from './property.js';
import {
  declaredGrantsNothing,
  delegationNeverWidens,
  fewerRolesAndGrantsNeverWiden,
  fewerScopesNeverWiden,
} from './restrictions.js';
import { worseSignalsNeverWiden } from './worse-signals.js';

/** Every property that policies are tested for. */
export const PROPERTIES: readonly Property[] = [
  alwaysDecides,
  scopesWithinRequest,
  ttlWithinCaps,
  delegationNeverWidens,
  malformedNeverAllowed,
  guardsFailClosed,
  fewerRolesAndGrantsNeverWiden,
  worseSignalsNeverWiden,
  keyOrderIsNothing,
  declaredGrantsNothing,
  fewerScopesNeverWiden,
];
