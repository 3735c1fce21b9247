// The constants of the score. Changing any of them makes another model: the scripts have equal numbers, and a version.

/** Counts are learned per cell of ten minutes. */
export const CELL_MS = 600_000;
export const CELLS_A_DAY = 144;

/** Hours of a weekday and of a weekend day, in UTC. */
export const HOUR_CELLS = 48;
/** Memory of an hour in cells: three weeks of weekdays, six of weekends. */
export const HOUR_MEMORY = 96;
/** The mean of all cells counts as one more observation in each hour. */
export const SHRINK = 1;
/** Expected share of a neighbouring hour, so that daylight saving moves no agent out of its hours. */
export const NEIGHBOUR = 0.5;
/** Memory of the overall mean in cells: two weeks. */
export const MEAN_MEMORY = 2016;
/**
 * Maximum number of idle cells that are learned.
 * A longer pause, four days or more, is not learned from.
 */
export const IDLE_CELLS_MAX = 576;

/** A week of cells: until then every cell is learned, since there is no profile to compare with. */
export const WARM_CELLS = 1008;
/** Two weeks of cells: from then on the agent's profile changes slowly. */
export const KNOWN_CELLS = 2016;
/** At or above this score nothing is learned until the end of the cell. */
export const HOT = 0.8;

/**
 * An agent is cold until it reaches this activity and age; until then only honey scopes count against
 * it.
 */
export const COLD_EVENTS = 50;
export const COLD_MS = 12 * 3_600_000;
/** Maximum sum of squares of a cold agent without honey: a score of 0.5, below every sensible `step_up`. */
export const COLD_SQUARES_MAX = 1;
/** Maximum sum of squares of its first week without honey: a score of 0.9, below every sensible `quarantine`. */
export const WARM_SQUARES_MAX = 9;
