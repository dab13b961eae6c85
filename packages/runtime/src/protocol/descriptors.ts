/** The two extra descriptors that every child of the keeper has. */

/** One JSON line, then end of file. */
export const bootDescriptor = 3;

/** A socket pair on Linux: the child writes beats and last words; end of file means that the keeper is gone. */
export const beatDescriptor = 4;
