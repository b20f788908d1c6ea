/** How the embedded server runs. Given on its command line, so that a newer Bursar brings newer settings. */
export const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // A question about a partner's lifetime locks every month of commissions and its indexes.
  max_locks_per_transaction: '256',
  shared_buffers: '256MB',
  work_mem: '32MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  // A mail is sent on the strength of a commit: it must be on the disk.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Files in the data directory: nothing is left in /dev/shm after kill -9, and a container's small one does not matter.
  dynamic_shared_memory_type: 'mmap',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Starts, stops and FATAL only: an ERROR's detail would carry addresses and amounts.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_statement: 'none',
}
