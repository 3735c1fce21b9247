import type { Step } from './changed.mjs';

export const STEPS: readonly Step[];
