/** The position before every entry of a stream. */
export const STREAM_START = '0-0';
