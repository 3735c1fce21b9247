/**
 * Words of the hard list that an area may still have, at most. An area that is not named here may have none. A change
 * lowers a number or removes it, and never raises one.
 */
export const ALLOWED = {};
