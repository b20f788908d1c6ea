// A process that uses the embedded PostgreSQL of a home: says "in <postmaster's pid>", leaves when its stdin ends.
import pg from 'pg'
import { openEmbedded } from '../../dist/db/embedded/open.js'

const server = await openEmbedded(process.argv[2])
const client = new pg.Client({ connectionString: server.url })
await client.connect()
const { rows } = await client.query(`select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid`)
await client.end()
process.stdout.write(`in ${rows[0].pid}\n`)
process.stdin.resume()
process.stdin.on('end', () => server.close())
