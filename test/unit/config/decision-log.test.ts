import { expect } from 'chai';
import { loadConfig } from '../../../src/config/load.js';
import type { Config } from '../../../src/config/config.js';
import { ConfigInvalid } from '../../../src/config/problems.js';

function load(
  yaml: string,
  env: Record<string, string> = {},
  files: Record<string, string> = {},
): Config {
  const read = (path: string): string | undefined =>
    path.endsWith('countersign.yaml') ? yaml : files[path];
  return loadConfig(env, read, {}, { cwd: '/srv' });
}

function placesOf(yaml: string, env: Record<string, string> = {}): readonly string[] {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems.map(({ where }) => where);
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const URL = 'https://logs.example.com/logs';

describe('decision_log', () => {
  it('is off unless a sink is named, with the defaults of OPA where they fit', () => {
    const { decisionLog } = load('');
    expect(decisionLog).to.deep.include({ file: undefined, http: undefined, stdout: false });
    expect(decisionLog.mask).to.deep.equal(['/input/request/declared/reason']);
    expect(decisionLog.bufferMaxBytes).to.equal(256 * 1024 * 1024);
    const { http } = load(`decision_log: { http: { url: "${URL}" } }`).decisionLog;
    expect(http).to.include({ uploadSizeLimitBytes: 32_768, token: undefined });
  });

  it('reads the whole, the token from the environment or a file, and no token in the file itself', () => {
    const yaml = `
decision_log:
  file: { path: log/decisions.jsonl, max_bytes: 5000, keep: 3 }
  http: { url: "${URL}", token_env: LOG_TOKEN, token_header: X-Api-Key }
  labels: { region: here }
  mask: []
  mask_entrypoint: system/log/mask`;
    const { decisionLog, warnings } = load(yaml, { LOG_TOKEN: 'sesame' });
    expect(decisionLog.file).to.deep.equal({
      path: '/srv/log/decisions.jsonl',
      maxBytes: 5000,
      keep: 3,
    });
    expect(decisionLog.http).to.include({ token: 'sesame', tokenHeader: 'x-api-key' });
    expect(decisionLog).to.deep.include({
      labels: { region: 'here' },
      mask: [],
      maskEntrypoint: 'system/log/mask',
    });
    expect(warnings).to.deep.equal([]);
    const file = load(
      `decision_log: { http: { url: "${URL}", token_file: tok } }`,
      {},
      { '/srv/tok': 'x\n' },
    );
    expect(file.decisionLog.http?.token).to.equal('x');
    expect(placesOf(`decision_log: { http: { url: "${URL}", token: x } }`)).to.deep.equal([
      '/decision_log/http/token',
    ]);
  });

  for (const [what, settings, where] of [
    [
      'a token that is not set',
      `http: { url: "${URL}", token_env: NOT_SET }`,
      '/decision_log/http/token_env',
    ],
    ['two tokens', `http: { url: "${URL}", token_env: SET, token_file: t }`, '/decision_log/http'],
    ['a token with a line end', `http: { url: "${URL}", token_env: BROKEN }`, 'BROKEN'],
    [
      'credentials in the URL',
      'http: { url: "https://user:pass@logs.example.com/" }',
      '/decision_log/http/url',
    ],
    [
      'a longest delay below the least',
      `http: { min_delay_ms: 5, max_delay_ms: 4 }`,
      '/decision_log/http/max_delay_ms',
    ],
    ['a mask that points elsewhere', 'mask: [/labels]', '/decision_log/mask/0'],
    ['a mask with a bad escape', 'mask: ["/input/%zz"]', '/decision_log/mask/0'],
    ['an unknown key', 'htpp: {}', '/decision_log/htpp'],
  ] as const) {
    it(`refuses ${what}`, () => {
      const env = { SET: 'x', BROKEN: 'a\nb' };
      expect(placesOf(`decision_log: { ${settings} }`, env)).to.include(where);
    });
  }

  it('wants https in production', () => {
    const places = placesOf(
      '{ profile: production, decision_log: { http: { url: "http://logs/x" } } }',
    );
    expect(places).to.include('/decision_log/http/url');
  });
});
