export function inLanes<T>(
  jobs: readonly ((lane: number) => Promise<T>)[],
  lanes: number,
): Promise<readonly T[]>;
