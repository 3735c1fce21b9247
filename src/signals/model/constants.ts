// The arithmetic of the score. A change of any of these is another model: the scripts have the same numbers, and a version.

/** Counts are learned per cell of ten minutes. */
export const CELL_MS = 600_000;
export const CELLS_A_DAY = 144;

/** Hours of a weekday and of a day at the weekend, in UTC. */
export const HOUR_CELLS = 48;
/** Cells an hour remembers: three weeks of weekdays, six of weekends. */
export const HOUR_MEMORY = 96;
/** The mean of all cells counts as one more observation in each hour. */
export const SHRINK = 1;
/** Share of a neighbouring hour that is expected as well, so that daylight saving moves no one out of hours. */
export const NEIGHBOUR = 0.5;
/** Cells the overall mean remembers: two weeks. */
export const MEAN_MEMORY = 2016;
/** Idle cells that are learned as such. A longer pause, four days or more, teaches nothing. */
export const IDLE_CELLS_MAX = 576;

/** A week of cells: until then everything is learned, since nothing is known yet to compare with. */
export const WARM_CELLS = 1008;
/** Two weeks of cells: from then on what is usual for the agent changes slowly. */
export const KNOWN_CELLS = 2016;
/** At or above this score nothing is learned until the cell is over. */
export const HOT = 0.8;

/** An agent is cold, and only honey scopes are held against it, until it has shown this much of itself. */
export const COLD_EVENTS = 50;
export const COLD_MS = 12 * 3_600_000;
/** The highest score of a cold agent: below every sensible `step_up`. */
export const COLD_SCORE_MAX = 0.5;
/** The highest score of its first week: below every sensible `quarantine`. */
export const WARM_SCORE_MAX = 0.9;
