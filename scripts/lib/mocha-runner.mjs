import Mocha from 'mocha';
import TestReporter from './test-reporter.cjs';

// Entry of a test process. It does what the command line of mocha does with these options, and is bundled into the
// compiled tree: the many modules of mocha are half the CPU of a small test file.
const { files, exit, ...options } = JSON.parse(process.argv[2]);
const mocha = new Mocha({ ...options, reporter: TestReporter });
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
mocha.run((failures) => {
  const code = Math.min(failures, 255);
  if (exit) process.exit(code);
  // A test may have set another code.
  process.on('exit', () => (process.exitCode = code));
});
