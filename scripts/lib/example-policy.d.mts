/** The folder of modules that every example is built with: `policy build --with`. */
export declare const FRAME: string;

/** The folders of `rego/` that are no part of the default policy, as `opa --ignore` takes them. */
export declare const NOT_DEFAULT: readonly string[];

/** The names of the examples, sorted. */
export declare const EXAMPLE_NAMES: readonly string[];

/** The folder of an example, without the frame. */
export declare function exampleFolder(name: string): string;

/** Copies an example and the frame to a folder that `opa` can load as it is; returns the folder. */
export declare function assembleExample(name: string, target: string): string;
