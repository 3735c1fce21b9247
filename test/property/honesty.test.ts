import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Asking,
  CONDITIONS,
  type Condition,
  registerIn,
  seen,
  send,
  VAULT,
} from '../support/honesty.js';
import { useTableService } from '../http/table/table-service.js';

const asking: fc.Arbitrary<Asking> = fc.record({
  codec: fc.constantFrom('json', 'form', 'authzen'),
  traps: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }),
  ttl: fc.integer({ min: 1, max: 4000 }),
});

describe('requests without a grant', function () {
  this.timeout(120_000);
  const table = useTableService(() => ({ resources: [VAULT] }));
  let agents = 0;

  async function answersIn(condition: Condition, burst: number, sequence: readonly Asking[]) {
    const id = `agent-${String(agents++)}`;
    const rate = { per_minute: 1, burst, resource_per_minute: 1, resource_burst: 1000 };
    const client = await registerIn(table(), condition, { id, rate });
    const answers = [];
    for (const one of sequence) answers.push(await send(table(), client, condition, one));
    return answers;
  }

  it('have one answer, honey or unknown, in quarantine or not', async () => {
    const statuses = new Set<number>();
    const sequences = fc.array(asking, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(4, 14, 1000), sequences, async (burst, sequence) => {
        const [plain = [], ...others] = await Promise.all(
          CONDITIONS.map((one) => answersIn(one, burst, sequence)),
        );
        for (const { status } of plain) statuses.add(status);
        for (const other of others) expect(other.map(seen)).to.deep.equal(plain.map(seen));
      }),
      { numRuns: 30 },
    );
    // Equal because nothing happened would be no proof.
    expect([...statuses]).to.include.members([200, 400, 403, 429]);
  });
});
