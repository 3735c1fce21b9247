/** Roles by digest. Each bundle must be ready. */
export interface Roles {
  readonly active: string;
  readonly canary?: {
    readonly digest: string;
    readonly percent: number;
    readonly since_ms: number;
    readonly salt?: string;
  };
  readonly shadow?: { readonly digest: string; readonly since_ms: number };
}

/** Options of preparing a bundle. */
export interface PrepareOptions {
  /** Input for the known answer, found by admission; by default one of the bundle's cases is used. */
  readonly knownInput?: unknown;
  /** Loads a bundle that would now be refused, because it was active before the check existed. */
  readonly evenIfRefused?: boolean;
}
