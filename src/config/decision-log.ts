import type { Settings } from './settings.generated.js';

type Section = Settings['decisionLog'];

/** The decision log in OPA's event format; off without a sink. */
export type DecisionLogConfig = Omit<Section, 'file' | 'http' | 'labels'> & {
  readonly file: DecisionLogFileConfig | undefined;
  readonly http: DecisionLogHttpConfig | undefined;
  readonly labels: NonNullable<Section['labels']>;
};

/** A log file; `path` is absolute. */
type DecisionLogFileConfig = Required<Section['file']>;

/** A receiver of uploads; the token's header is in lower case. */
export type DecisionLogHttpConfig = Omit<Section['http'], 'url' | 'tokenEnv' | 'tokenFile'> & {
  readonly url: string;
  /** Never logged, never shown. */
  readonly token: string | undefined;
};

/** Returns the decision log's settings, with paths resolved by `at`. */
export function decisionLogOf(
  section: Section,
  at: (path: string | undefined) => string | undefined,
  token: string | undefined,
): DecisionLogConfig {
  const path = at(section.file.path);
  return {
    ...section,
    file: path === undefined ? undefined : { ...section.file, path },
    http: httpOf(section.http, token),
    labels: section.labels ?? {},
  };
}

function httpOf(
  { url, tokenEnv: _env, tokenFile: _file, ...plain }: Section['http'],
  token: string | undefined,
): DecisionLogHttpConfig | undefined {
  if (url === undefined) return undefined;
  return { url, token, ...plain, tokenHeader: plain.tokenHeader.toLowerCase() };
}
