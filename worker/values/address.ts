export { type Mailbox, parseAddress, parseMailbox } from '../../db/values/address.ts'
