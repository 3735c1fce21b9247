export interface PatternVerdict {
  readonly status: 'safe' | 'vulnerable' | 'unknown';
}

export function checkPattern(source: string, flags: string): Promise<PatternVerdict>;
