export function importedBy(test: string): ReadonlySet<string>;
export function reachedFrom(test: string): ReadonlySet<string>;
export function sourcesOnNode(): readonly string[];
export function testsOnNode(files: readonly string[]): readonly string[];
