import type { Step } from './changed.mjs';

export function testFilesOf(step: Step): readonly string[];
