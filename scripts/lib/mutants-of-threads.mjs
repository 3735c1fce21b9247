/** Guards of what runs in threads: queries of the record, archives, analyses and the children of threads. */
export const OF_THREADS = [
  {
    name: 'a query lets other reads in between its parts',
    file: 'src/audit/reader-thread.ts',
    find: '    await nextTurn();\n',
    replace: '',
    test: ['test/unit/audit/thread-reader.test.ts', 'answers short reads between the parts'],
  },
  {
    name: 'reads of a principal leave places for others',
    file: 'src/audit/thread-reader.ts',
    find: 'slotsEach: all.maxOpenEach, ',
    replace: '',
    test: ['test/unit/audit/thread-reader.test.ts', 'an auditor with a hundred open queries'],
  },
  {
    name: 'reads of the service have reserved places',
    file: 'src/threads/call-thread.ts',
    find: 'return this.#call(true, name, args);',
    replace: 'return this.#call(false, name, args);',
    test: ['test/unit/audit/thread-reader.test.ts', 'keeps places for the service'],
  },
  {
    name: 'a gzip file has one member',
    file: 'src/policy/bundle/gzip-member.ts',
    find: 'if (trailer.length > TRAILER_BYTES) {',
    replace: 'if (trailer.length > 2 ** 30) {',
    test: ['test/unit/policy/bundle/gzip-member.test.ts', 'a further member too'],
  },
  {
    name: 'principals take turns in a queue',
    file: 'src/threads/fair-queue.ts',
    find: '    this.#waiting.delete(owner);\n',
    replace: '    if (jobs.length === 0) this.#waiting.delete(owner);\n',
    test: ['test/unit/threads/fair-queue.test.ts', 'lets owners take turns'],
  },
  {
    name: 'the replay of an activation waits for no analysis',
    file: 'src/app/policy/analysis.ts',
    find: 'gate: replayIn(parts, queues.gate, settle)',
    replace: 'gate: replayIn(parts, queues.long, settle)',
    test: ['test/unit/policy/analysis/queues.test.ts', 'the replay of an activation apart'],
  },
  {
    name: 'the replay of an activation waits for no rollback',
    file: 'src/app/policy/analysis-queues.ts',
    find: "context.principal.kind === 'system' ? service : callers",
    replace: 'service',
    test: ['test/unit/policy/analysis/queues.test.ts', 'let no replay before a rollback delay'],
  },
  {
    name: 'a process kills the children of its threads at its exit',
    file: 'src/threads/children.ts',
    find: 'for (const pid of running) kill(pid);',
    replace: 'for (const pid of running) Number(pid);',
    test: ['test/unit/threads/children.test.ts', 'kills the children that still run'],
  },
];
