/** Whether a text has the shape of our ids; what has not is asked for nowhere, for PostgreSQL would call it an error. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
