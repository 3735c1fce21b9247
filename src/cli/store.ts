import type { ClockResetAnswer } from '../domain/answers.generated.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { READER, type Reader } from './values.js';

const answer: Reader<ClockResetAnswer> = READER;

/** Runs `countersign store reset-clock`. */
export async function resetClock(
  cli: Cli,
  options: AdminOptions & { readonly reason: string },
): Promise<void> {
  const request = { body: { reason: options.reason } };
  const { body } = await (await connect(cli, options)).call('POST', '/store/reset-clock', request);
  show(cli, options, body, ({ out }) => {
    const reset = Number(answer.value(body, 'reset'));
    const slots = reset + Number(answer.value(body, 'kept'));
    const seconds = Math.round(Number(answer.value(body, 'ahead_ms')) / 1000);
    if (reset === 0) out(`no clock of ${String(slots)} slots is ahead; nothing was changed\n`);
    else {
      out(
        `${String(reset)} of ${String(slots)} slots reset, which were up to ${String(seconds)} s ahead\n` +
          'their tokens are inactive: agents ask again\n' +
          'stream ids keep the former time until the clock has passed it; events have the right time\n',
      );
    }
  });
}
