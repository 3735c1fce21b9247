import { expect } from 'chai';
import { createKeepInput, maskedText, maskKey } from '../../../src/audit/keep-input.js';
import type { PolicyInput } from '../../../src/domain/policy.js';
import { canonicalJson } from '../../../src/policy/json/canonical.js';
import { requestInput } from '../policy/engine-of.js';

const KEY = maskKey(Buffer.alloc(32, 7));
const INPUT = requestInput({
  request: { declared: { user_id: 'alice', reason: 'refund', task_id: 't1' } },
  agent: { labels: { team: 'payments', 'a/b~c': 'x' } },
});
const TEXT = canonicalJson(INPUT);

function kept(
  mode: 'full' | 'masked' | 'off',
  mask: readonly string[] = [],
  maxBytes = 16_384,
): ReturnType<ReturnType<typeof createKeepInput>> {
  return createKeepInput({ mode, mask, maxBytes, key: KEY })(TEXT);
}

describe('the recorded input', () => {
  it('full: the very text that was evaluated', () => {
    expect(kept('full')).to.deep.equal({ text: TEXT, note: {} });
  });

  it('off, or larger than the limit: nothing, and why', () => {
    expect(kept('off')).to.deep.equal({ text: undefined, note: { not_replayable: 'inputs_off' } });
    const large = { text: undefined, note: { not_replayable: 'input_too_large' } };
    const { request: _, ...others } = INPUT;
    const { length } = canonicalJson(others);
    expect(kept('full', [], length - 1)).to.deep.equal(large);
    expect(kept('full', [], length).text).to.equal(TEXT);
  });

  it('whatever the length of the request, which its agent writes', () => {
    const scopes = Array.from({ length: 64 }, (_, i) => `${'a'.repeat(250)}${String(i)}`);
    const declared = { reason: 'é'.repeat(1024), user_id: 'é'.repeat(256) };
    const long = canonicalJson({ ...INPUT, request: { ...INPUT.request, scopes, declared } });
    const keep = createKeepInput({ mode: 'full', mask: [], maxBytes: 16_384, key: KEY });
    expect(Buffer.byteLength(long)).to.be.above(16_384);
    expect(keep(long)).to.deep.equal({ text: long, note: {} });
  });

  it('masked: a keyed digest for each text at or below a pointer, and nothing else is changed', () => {
    const { text, note } = kept('masked', [
      '/request/declared/user_id',
      '/agent/labels',
      '/no/where',
    ]);
    expect(note).to.deep.equal({
      input_masked: ['/agent/labels/a~1b~0c', '/agent/labels/team', '/request/declared/user_id'],
    });
    const input = JSON.parse(text ?? '') as PolicyInput;
    expect(text).not.to.match(/alice|payments/);
    expect(input.request.declared.user_id).to.equal(maskedText(KEY, 'alice'));
    expect(input).to.deep.equal({
      ...INPUT,
      request: {
        ...INPUT.request,
        declared: { ...INPUT.request.declared, user_id: maskedText(KEY, 'alice') },
      },
      agent: {
        ...INPUT.agent,
        labels: { team: maskedText(KEY, 'payments'), 'a/b~c': maskedText(KEY, 'x') },
      },
    });
  });

  it('masked: nothing twice when one pointer lies below another', () => {
    const { text } = kept('masked', ['/agent/labels', '/agent/labels/team']);
    expect((JSON.parse(text ?? '') as PolicyInput).agent.labels['team']).to.equal(
      maskedText(KEY, 'payments'),
    );
  });

  it('masked: an empty text stays, since it hides nothing and policies ask for it', () => {
    const keep = createKeepInput({ mode: 'masked', mask: ['/a'], maxBytes: 99, key: KEY });
    expect(keep('{"a":""}')).to.deep.equal({ text: '{"a":""}', note: {} });
  });

  it('another key-encryption key gives another digest of one text', () => {
    const other = maskKey(Buffer.alloc(32, 8));
    expect(maskedText(KEY, 'alice')).to.match(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(maskedText(other, 'alice')).not.to.equal(maskedText(KEY, 'alice'));
  });
});
