import { v5 } from 'uuid'

/** The UUID of a partner whose facts name none: version 5 of its id within its account, the same on every machine. */
export const partnerUuid = (accountId: number, partnerId: string): string =>
  v5(partnerId, v5(`account/${accountId}/partner`, v5.URL))
