const MEGABYTE = 1024 * 1024;

/** Bytes of a package as it is uploaded. */
export const MOST_ZIP_BYTES: number = 500 * MEGABYTE;
/** Bytes of all its files. */
export const MOST_UNPACKED_BYTES: number = 1024 * MEGABYTE;
/** Files, folders and links of a package. */
export const MOST_ENTRIES = 100_000;
