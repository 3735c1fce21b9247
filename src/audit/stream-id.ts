/** Before everything in a stream. */
export const STREAM_START = '0-0';
