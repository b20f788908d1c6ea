export { type Mailbox, parseAddress, parseMailbox } from '../../db/address.ts'
