// SPDX-License-Identifier: Apache-2.0

/** A command line that a POSIX shell takes apart into these words (as common/process.h has it). */
export const shellQuote = (argv: readonly string[]): string =>
  argv.map((word) => (/^[a-zA-Z0-9\-_./=,:+@%]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
