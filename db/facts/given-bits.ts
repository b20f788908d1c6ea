/** The columns that a ragged row has are bits of a number; no table has 53. */
export const bitOf = (index: number): number => 2 ** index
