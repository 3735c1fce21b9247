import { expect } from 'chai';
import { CODECS, expectError, tokenAsk, tokenOf } from './asks.js';
import { accessEvents } from './stream-events.js';
import { registerAgent, useTableService } from './table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
/** Makes the script fail, or answer what is no lease, for the owners with a limit that says so. */
const BURSTS = { fails: 11, nonsense: 12, more: 13, nothing: 14 } as const;

function broken(file: string, source: string): string {
  if (file !== 'leaseBudget-2.lua') return source;
  const cases = `
if ARGV[3] == '${String(BURSTS.fails)}' then return redis.error_reply('ERR no') end
if ARGV[3] == '${String(BURSTS.nonsense)}' then return { 'GRANTED', 5, 5 } end
if ARGV[3] == '${String(BURSTS.more)}' then return { 'LEASED', 1000, 5 } end
if ARGV[3] == '${String(BURSTS.nothing)}' then return { 'LEASED', 0, 5 } end
`;
  return source.replace('local meta = ', `${cases}local meta = `);
}

describe('POST /token, a shared budget cannot be asked → 503 temporarily_unavailable', () => {
  const table = useTableService(() => ({ editScript: broken }));

  for (const [what, burst] of Object.entries(BURSTS)) {
    it(`nothing is granted when the script answers: ${what}`, async () => {
      const { service, redis } = table();
      const { http } = service;
      const owners = { [what]: { per_minute: 600, burst } };
      const { version } = (await http.admin('GET', '/admin/v1/limits')).json();
      await http.admin('PUT', '/admin/v1/limits', { json: { owners, version } });
      const client = await registerAgent(http, { id: what, owner: what, grants: GRANTS });
      for (const codec of CODECS) {
        const answer = await http.send('POST', '/token', tokenAsk(codec, client));
        expectError(answer, codec, 503, 'temporarily_unavailable');
        expect(answer.text).to.not.match(/redis|lua|bucket/i);
      }
      expect(await accessEvents(redis, what)).to.deep.equal([]);
      const other = await registerAgent(http, { id: `${what}-other`, owner: 'b', grants: GRANTS });
      tokenOf(await http.send('POST', '/token', tokenAsk('json', other)));
    });
  }
});
