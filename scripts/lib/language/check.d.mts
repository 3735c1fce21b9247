export interface FoundWord {
  readonly file: string;
  readonly word: string;
  readonly line: number;
}
export interface WideLine {
  readonly file: string;
  readonly line: number;
}
export interface FileFinding {
  readonly hard: readonly FoundWord[];
  readonly soft: readonly FoundWord[];
  readonly wide: readonly WideLine[];
}
export interface AreaFinding extends FileFinding {
  readonly name: string;
  readonly files: number;
  readonly allowed: number;
  readonly passed: boolean;
}
export interface SourceFile {
  readonly file: string;
  readonly source: string;
}
export function checkFile(file: string, source: string): FileFinding;
export function checkArea(
  name: string,
  files: readonly SourceFile[],
  allowed?: number,
): AreaFinding;
