export interface ComparedSources {
  readonly same: boolean;
  readonly texts: readonly { readonly before: string; readonly after: string }[];
}
export function codeOf(
  file: string,
  source: string,
): Promise<{ readonly code: string; readonly texts: readonly string[] }>;
export function compareSources(
  file: string,
  before: string,
  after: string,
): Promise<ComparedSources>;
