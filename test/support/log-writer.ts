import { openLogOutput } from '../../src/telemetry/log-output.js';

/** Writes `LINES` long lines to its standard output, says on standard error how many it dropped, and ends. */
const LINES = 5000;
const LINE = `${'x'.repeat(1000)}\n`;

const output = openLogOutput(1);
for (let line = 0; line < LINES; line++) output.write(LINE);
setTimeout(() => {
  void output.drain(50).then((drained) => {
    process.stderr.write(JSON.stringify({ dropped: output.dropped(), drained }));
    process.exit(0);
  });
}, 10);
