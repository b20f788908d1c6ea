/** A pattern of LIKE for a part of a text, which stands as it was typed. */
export const partOf = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
