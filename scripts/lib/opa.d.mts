/** The only version accepted: another one compiles other bytes. */
export declare const OPA_VERSION: string;

/** The version a binary reports, or undefined when it is not there or is no `opa`. */
export declare function opaVersion(path: string): string | undefined;

/** The path of an `opa` of exactly `OPA_VERSION`; installs it when it has to. Throws an Error that names the command to run. */
export declare function findOpa(options?: {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cache?: string;
  readonly say?: (line: string) => void;
}): string;
