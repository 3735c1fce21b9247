export interface FoundPattern {
  readonly file: string;
  readonly line: number;
  readonly source: string | undefined;
  readonly flags: string;
}
export function patternsOfSource(file: string, text: string): FoundPattern[];
export function patternsOfJson(file: string, text: string): FoundPattern[];
