import { expect } from 'chai';
import fc from 'fast-check';
import { AudienceModel } from '../support/audience-model.js';
import { audienceSubject, type AudienceSubject } from '../support/audience-subject.js';
import { openTestStore } from '../support/store.js';
import { useRedis } from '../support/use-store.js';

/** Each row is one audience in spellings that are equal; rows are different ones. */
const AUDIENCES = [
  ['https://x.example', 'https://X.example/', 'HTTPS://x.example:443'],
  ['https://x.example/v1', 'https://x.EXAMPLE/v1'],
  ['http://x.example:80', 'http://x.example'],
  ['urn:x'],
];
const SPELLINGS = AUDIENCES.flat();
const IDS = ['a', 'b', 'c'];

const isEqual = (one: string, other: string): boolean =>
  AUDIENCES.some((row) => row.includes(one) && row.includes(other));

const id = fc.constantFrom(...IDS);
const audiences = fc.uniqueArray(fc.constantFrom(...SPELLINGS), { minLength: 1, maxLength: 3 });
const name = fc.constantFrom(...IDS, ...SPELLINGS);
const entries = fc.uniqueArray(fc.tuple(id, audiences), { selector: ([of]) => of, maxLength: 3 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), id, audiences }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('apply' as const), entries }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('apply again' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('issue' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke' as const), name }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type File = readonly (readonly [string, readonly string[]])[];

/** Does one step in both, and expects one outcome. */
async function take(at: Step, subject: AudienceSubject, model: AudienceModel, files: File[]) {
  if (at.do === 'put') {
    return expect(await subject.put(at.id, at.audiences)).to.equal(model.put(at.id, at.audiences));
  }
  if (at.do === 'remove') return expect(await subject.remove(at.id)).to.equal(model.remove(at.id));
  if (at.do === 'revoke') {
    return expect(await subject.revoke(at.name)).to.equal(model.revoke(at.name));
  }
  if (at.do === 'issue') {
    const issued = await subject.issue(at.name);
    expect(issued?.aud).to.equal(model.audOf(at.name));
    if (issued !== undefined) model.issued(issued.token, at.name);
    return;
  }
  if (at.do === 'apply') files.push(at.entries);
  const file = files.at(-1) ?? [];
  expect(await subject.apply(files.length, file)).to.equal(model.apply(files.length, file));
}

describe('audiences, revocations and tokens against a model', function () {
  this.timeout(240_000);
  const redis = useRedis({ args: ['--appendfsync', 'no'] });

  it('any changes, issues and revocations: every token is active where the model says, and nowhere else', async () => {
    let active = 0;
    let inactive = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 24, size: 'max' }),
        async (steps) => {
          const store = await openTestStore(redis);
          try {
            const subject = await audienceSubject(store);
            const model = new AudienceModel(isEqual);
            const files: File[] = [];
            for (const at of steps) {
              await take(at, subject, model, files);
              for (const token of model.tokens()) {
                for (const holder of IDS) {
                  const is = await subject.isActive(token, [holder]);
                  expect(is, `${token} for who holds ${holder}`).to.equal(
                    model.isActive(token, [holder]),
                  );
                  if (is) active++;
                  else inactive++;
                }
                expect(await subject.isActive(token, IDS)).to.equal(model.isActive(token, IDS));
              }
            }
          } finally {
            store.close();
          }
        },
      ),
      // Each run has up to 24 steps, after each of which every token is looked at.
      { numRuns: 75 },
    );
    // The runs reached what they are about.
    expect(Math.min(active, inactive)).to.be.greaterThan(50);
  });
});
