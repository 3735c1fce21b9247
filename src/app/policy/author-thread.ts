import { parentPort, workerData } from 'node:worker_threads';
import { CountersignError } from '../../domain/errors.js';
import { buildPolicy } from '../../policy/author/build.js';
import { checkPolicy } from '../../policy/author/check/check-policy.js';
import { AuthorFailed } from '../../policy/author/failed.js';
import { readSourceArchive } from '../../policy/author/sources.js';
import { buildSummary } from '../../policy/author/summary.js';
import { testPolicy } from '../../policy/author/test-policy.js';
import { opaAt } from '../../policy/runners/opa.js';
import { sentError } from '../../threads/call-message.js';
import type { AuthorTask } from './author-task.js';

// Entry of a worker thread: createAuthor() in author.ts loads this module.
async function run(task: AuthorTask): Promise<unknown> {
  const { entrypoint, deadlineMs } = task;
  const sources = await readSourceArchive(task.archive);
  const toolchain = { opa: opaAt(task.opa), deadlineMs };
  switch (task.does) {
    case 'build': {
      const built = await buildPolicy(sources, toolchain, task.order);
      return { ...buildSummary(built), archive: built.archive };
    }
    case 'test':
      return testPolicy(sources, toolchain, { ...task.order, entrypoint });
    case 'check':
      return checkPolicy(sources, toolchain, { entrypoint });
  }
}

function publicly(failed: AuthorFailed): CountersignError {
  const problems = failed.problems.map((message) => ({ pointer: '', message }));
  const code = failed.failure === 'toolchain' ? 'conflict' : 'invalid_request';
  const detail = `${failed.message.charAt(0).toUpperCase()}${failed.message.slice(1)}.`;
  return new CountersignError(code, detail, { problems }, failed.message, failed);
}

try {
  const value = await run(workerData as AuthorTask);
  parentPort?.postMessage({ answer: { value } });
} catch (error) {
  if (!(error instanceof AuthorFailed)) throw error;
  parentPort?.postMessage({ answer: { error: sentError(publicly(error)) } });
}
