/** Writes the validators of all schemas into a folder of compiled sources. */
export function writeCompiledChecks(folder: string): Promise<void>;
/** Returns the source of the file that it writes. */
export function compiledChecks(folder: string): Promise<string>;
