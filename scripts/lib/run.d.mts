export interface RunOptions {
  readonly cwd?: string;
  readonly stallSeconds?: number;
  readonly limitSeconds?: number;
  readonly onMessage?: (message: unknown) => number | undefined;
}

export function run(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ readonly code: number | null; readonly output: string }>;
