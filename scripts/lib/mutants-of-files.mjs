/** Guards of files: rotation, links, owners and modes. */
export const OF_FILES = [
  {
    name: 'an audit file is left when its path leads to another',
    file: 'src/audit/line-file.ts',
    find: 'return found?.dev === ours.dev && found.ino === ours.ino;',
    replace: 'return found !== null && ours.ino > 0n;',
    test: ['test/unit/audit/line-file.test.ts', 'continues in the new file after a rename'],
  },
  {
    name: 'a truncated or removed audit file is noticed',
    file: 'src/audit/line-file.ts',
    find: 'if (found.nlink > 0 && found.size >= end) return found;',
    replace: 'if (found.nlink >= 0 && end >= 0) return found;',
    test: [
      'test/unit/audit/line-file.test.ts',
      'reports the lines that a truncation may have lost',
    ],
  },
  {
    name: 'a sink gets its missing lines again',
    file: 'src/audit/sink-pump.ts',
    find: 'store.moveSink(sink.name, store.rowBefore(row, error.lines));',
    replace: 'store.moveSink(sink.name, row);',
    test: ['test/unit/audit/exporter.test.ts', 'writes the lines again that a sink reports'],
  },
  {
    name: 'an audit file is written through no link',
    file: 'src/audit/line-file.ts',
    find: 'O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW',
    replace: 'O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW & 0)',
    test: ['test/unit/audit/line-file.test.ts', 'writes through no link'],
  },
  {
    name: 'start ends with its terminal',
    file: 'src/cli/start.ts',
    find: "{ logFd: 2, hangup: 'close' }",
    replace: "{ logFd: 2, hangup: 'reload' }",
    test: ['test/integration/service/private-redis.test.ts', 'ends on SIGHUP'],
  },
];
