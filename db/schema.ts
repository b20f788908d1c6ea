import type { ColumnType, GeneratedAlways } from 'kysely'
import type { DeliveryStatus, RunStatus, StatementStatus } from './values/statuses.ts'

/** The tables as PostgreSQL has them (db/migrations). int8 and numeric arrive as strings, so that no digit is lost. */
type Int8 = ColumnType<string, string | number | bigint, string | number | bigint>
type Numeric = ColumnType<string, string | number, string | number>
type Timestamp = ColumnType<Date, Date | string, Date | string>
type Json = ColumnType<unknown, string | null, string | null>
/** Has a default. Unlike kysely's own it sees through the types above. */
type Generated<T> =
  T extends ColumnType<infer Read, infer Insert, infer Update>
    ? ColumnType<Read, Insert | undefined, Update>
    : ColumnType<T, T | undefined, T>

export interface Schema {
  accounts: AccountsTable
  agents: AgentsTable
  api_keys: ApiKeysTable
  audit_log: AuditLogTable
  billing_details: BillingDetailsTable
  campaigns: CampaignsTable
  clicks: ClicksTable
  commissions: CommissionsTable
  coupons: CouponsTable
  credit_entries: CreditEntriesTable
  deals: DealsTable
  deliveries: DeliveriesTable
  delivery_attempts: DeliveryAttemptsTable
  expert_comments: ExpertCommentsTable
  expert_profiles: ExpertProfilesTable
  expert_stats: ExpertStatsTable
  expert_views: ExpertViewsTable
  fact_changes: FactChangesTable
  files: FilesTable
  former_time_zones: FormerTimeZonesTable
  funnels: FunnelsTable
  fx_rates: FxRatesTable
  idempotency_keys: IdempotencyKeysTable
  installation: InstallationTable
  lead_events: LeadEventsTable
  leads: LeadsTable
  license_invoices: LicenseInvoicesTable
  license_operators: LicenseOperatorsTable
  licenses: LicensesTable
  organizations: OrganizationsTable
  partner_edits: PartnerEditsTable
  partner_settings: PartnerSettingsTable
  partners: PartnersTable
  period_boundaries: PeriodBoundariesTable
  preferences: PreferencesTable
  runs: RunsTable
  schedules: SchedulesTable
  sessions: SessionsTable
  stages: StagesTable
  statements: StatementsTable
  suppressions: SuppressionsTable
  usage_event_conflicts: UsageEventConflictsTable
  usage_events: UsageEventsTable
  usage_invoices: UsageInvoicesTable
  voided_facts: VoidedFactsTable
  watermarks: WatermarksTable
  withdrawals: WithdrawalsTable
  workers: WorkersTable
  zone_rules: ZoneRulesTable
}

interface AccountsTable {
  account_id: number
  name: string
  timezone: string
  currency: string
  locale: Generated<string>
  withdrawal_minimum: Int8
  hold_days: Generated<number>
  reply_to: string | null
  brand_color: string | null
  logo_file: string | null
  timezone_from: string | null
}

interface AgentsTable {
  account_id: number
  agent_id: Int8
  name: string
  email: string | null
  avatar_url: string | null
}

interface ApiKeysTable {
  id: GeneratedAlways<string>
  kind: string
  account_id: number | null
  partner_id: string | null
  label: string
  token_hash: Buffer
  last_four: string
  created_at: Timestamp
  last_used_at: Timestamp | null
  revoked_at: Timestamp | null
}

interface AuditLogTable {
  id: GeneratedAlways<string>
  at: Timestamp
  actor: string
  action: string
  target: string
  account_id: number | null
  before: Json | null
  after: Json | null
}

interface BillingDetailsTable {
  account_id: number
  partner_id: string
  type: string
  company: string
  address: string
  city: string
  country: string
  paypal: string
  zip_code: string | null
  vat: string | null
  state: string | null
}

interface CampaignsTable {
  account_id: number
  campaign_id: Int8
  partner_id: string
  product: string
  name: string
  slug: string | null
  link: string | null
  region: string | null
  trial_duration: number | null
  coupon_id: Int8 | null
  active: Generated<boolean>
  is_default: Generated<boolean>
  created_at: Timestamp
}

interface ClicksTable {
  account_id: number
  campaign_id: Int8
  occurred_at: Timestamp
  partner_id: string
  clicks: Generated<Int8>
}

interface CommissionsTable {
  account_id: number
  commission_id: string
  partner_id: string
  kind: string
  program: string
  product: string
  license_id: string | null
  campaign_id: Int8 | null
  referred_partner_id: string | null
  amount: Int8
  currency: string
  is_foreign: boolean
  earned_at: Timestamp
  available_at: Timestamp
  blocked: Generated<boolean>
}

interface CouponsTable {
  account_id: number
  coupon_id: Int8
  partner_id: string
  label: string
  active: Generated<boolean>
}

interface CreditEntriesTable {
  account_id: number
  entry_id: string
  partner_id: string
  organization_id: string | null
  amount: Numeric
  reason: string | null
  occurred_at: Timestamp
}

interface DealsTable {
  account_id: number
  deal_id: string
  funnel_id: Int8
  stage_id: Int8
  agent_id: Int8 | null
  partner_id: string | null
  value: Int8
  currency: string
  is_foreign: boolean
  status: string
  created_at: Timestamp
  closed_at: Timestamp | null
}

interface DeliveriesTable {
  account_id: number
  id: Generated<string>
  run_id: string
  statement_id: string
  subject_kind: string
  subject_id: string
  address: string
  resend_of: string | null
  /** To somebody else than the subject. */
  copy: Generated<boolean>
  /** The delivery that took this one's place. */
  replaced_by: string | null
  requested_by: string | null
  status: DeliveryStatus
  attempts: Generated<number>
  next_attempt_at: Timestamp | null
  first_attempt_at: Timestamp | null
  claimed_by: string | null
  message_id: string | null
  mail_sha256: string | null
  mail_removed_at: Timestamp | null
  reply: string | null
  created_at: Timestamp
  sent_at: Timestamp | null
}

interface DeliveryAttemptsTable {
  account_id: number
  delivery_id: string
  attempt: number
  started_at: Timestamp
  ended_at: Timestamp | null
  outcome: string | null
  reply: string | null
}

interface ExpertCommentsTable {
  account_id: number
  partner_id: string
  created_at: Timestamp
  author: string
  comment: string
  website: string | null
}

interface ExpertProfilesTable {
  account_id: number
  partner_id: string
  expert_id: string | null
  status: string | null
  company: string | null
  phone: string | null
  logo: string | null
  description: string | null
  short_description: string | null
  agents: string | null
  hour_rate: string | null
  project_rate: string | null
  country: string | null
  website: string | null
  facebook: string | null
  twitter: string | null
  linkedin: string | null
  googleplus: string | null
  categories: Generated<string[]>
  languages: Generated<string[]>
  projects: Generated<string[]>
}

interface ExpertStatsTable {
  account_id: number
  partner_id: string
  position: number
  comments: number
  messages: number
}

interface ExpertViewsTable {
  account_id: number
  partner_id: string
  month: string
  profile_views: Int8
}

interface FactChangesTable {
  account_id: number
  id: Generated<string>
  table_name: string
  key: Json
  partner_id: string
  partner_before: string | null
  changed_at: Timestamp
  before: Json
  after: Json
  source: string
}

interface FilesTable {
  account_id: number
  statement_id: string
  name: string
  type: string
  size: Int8
  rows: Int8 | null
  sha256: string
  removed_at: Timestamp | null
}

interface FormerTimeZonesTable {
  account_id: number
  until: string
  zone: string
}

interface FunnelsTable {
  account_id: number
  funnel_id: Int8
  name: string
}

interface FxRatesTable {
  account_id: number
  currency: string
  date: string
  rate: Numeric
}

interface IdempotencyKeysTable {
  scope: string
  key: string
  request_hash: string
  status: number | null
  response: Json | null
  created_at: Timestamp
}

interface InstallationTable {
  only_one: Generated<boolean>
  settings: Json
  agreed_at: Timestamp
}

interface LeadEventsTable {
  account_id: number
  lead_id: string
  name: string
  created_at: Timestamp
  partner_id: string
}

interface LeadsTable {
  account_id: number
  lead_id: string
  partner_id: string
  direction: string
  status: string
  company_name: string
  contact_email: string | null
  created_at: Timestamp
  closed_at: Timestamp | null
  external_lead_id: string | null
  fee_amount: Int8 | null
  domain: string | null
  first_name: string | null
  last_name: string | null
  region: string | null
  job_title: string | null
  phone_number: string | null
  description: string | null
  updated_at: Timestamp | null
}

interface LicenseInvoicesTable {
  account_id: number
  license_id: string
  invoice_no: Int8
  partner_id: string
  date: Timestamp
  plan: string
  seats: number
  billing_cycle: string
  amount: Int8
  status: string
}

interface LicenseOperatorsTable {
  account_id: number
  license_id: string
  login: string
  partner_id: string
  name: string
  permission: string
}

interface LicensesTable {
  account_id: number
  license_id: string
  partner_id: string
  program: string
  product: string
  campaign_id: Int8 | null
  client_name: string | null
  client_email: string | null
  purchase_order: string | null
  payment_origin: string | null
  plan: string | null
  billing_cycle: string | null
  seats: number | null
  data_center: string | null
  created_at: Timestamp
  qualified_at: Timestamp | null
  cc_added_at: Timestamp | null
  converted_at: Timestamp | null
  expires_at: Timestamp | null
  commission_percent: Numeric | null
  discount_percent: Numeric | null
  blocked: Generated<boolean>
  utm_campaign: string | null
  utm_source: string | null
  utm_medium: string | null
  utm_content: string | null
  utm_term: string | null
}

interface OrganizationsTable {
  account_id: number
  organization_id: string
  partner_id: string
  name: string
  external_id: string | null
  status: string
  created_at: Timestamp
}

interface PartnerEditsTable {
  account_id: number
  table_name: string
  partner_id: string
  column_name: string
  set_at: Timestamp
  actor: string
}

interface PartnerSettingsTable {
  account_id: number
  partner_id: string
  first_name: string | null
  last_name: string | null
  contact_name: string | null
  contact_email: string | null
  properties: Generated<Json>
}

interface PartnersTable {
  account_id: number
  partner_id: string
  name: string
  email: string
  type: string
  programs: Generated<string[]>
  uuid: string
  category: string | null
  tier: string | null
  stage: string | null
  currency: string | null
  timezone: string | null
  locale: string | null
  country: string | null
  referred_by: string | null
  blocked: Generated<boolean>
  created_at: Timestamp
  send_monthly_summary: Generated<boolean>
  send_reseller_weekly_summary: Generated<boolean>
  send_newsletter: Generated<boolean>
  send_notifications: Generated<boolean>
}

interface PeriodBoundariesTable {
  account_id: number
  local_date: string
  instant: Timestamp
  time_zone: string
  tz_version: string | null
  run_id: string
  by_rules: Timestamp
  checked_version: string | null
  kept_at: Timestamp | null
  kept_by: string | null
}

interface PreferencesTable {
  account_id: number
  partner_id: string
  topic: string
  wanted: boolean
  source: string
  changed_at: Timestamp
}

interface RunsTable {
  account_id: number
  id: Generated<string>
  report: string
  period: string
  revision: number
  time_zone: string
  period_from: Timestamp
  period_to: Timestamp
  as_of: Timestamp
  partners: string[] | null
  mail: boolean
  trigger: string
  requested_by: string | null
  due_at: Timestamp | null
  status: RunStatus
  provisional: Generated<boolean>
  wait_until: Timestamp | null
  error: string | null
  timings: Generated<Json>
  cut_off: Generated<number>
  created_at: Timestamp
  started_at: Timestamp | null
  finished_at: Timestamp | null
  tz_version: string | null
  calendar_note: string | null
}

interface SchedulesTable {
  account_id: number
  report: string
  cron: string
  timezone: string | null
  enabled: Generated<boolean>
  recipients: Generated<string[]>
  catch_up: Generated<string>
  max_age_days: Generated<number>
  readiness: Json | null
  enabled_at: Timestamp | null
  created_at: Timestamp
  updated_at: Timestamp
}

interface SessionsTable {
  id: Generated<string>
  key_id: Int8 | null
  environment_mac: string | null
  created_at: Timestamp
  expires_at: Timestamp
  ended_at: Timestamp | null
}

interface StagesTable {
  account_id: number
  funnel_id: Int8
  stage_id: Int8
  name: string
  position: number
}

interface StatementsTable {
  account_id: number
  id: Generated<string>
  run_id: string
  subject_kind: string
  subject_id: string
  ordinal: number
  revision: number
  status: StatementStatus
  reason: string | null
  provisional: Generated<boolean>
  sealed: string | null
  sha256: string | null
  figures_sha256: string | null
  replaces: string | null
  error: string | null
  created_at: Timestamp
  rendered_at: Timestamp | null
  untied: string[] | null
}

interface SuppressionsTable {
  address: string
  reply: string
  delivery_id: string | null
  created_at: Timestamp
}

interface UsageEventConflictsTable {
  account_id: number
  event_id: string
  payload_hash: string
  organization_id: string
  partner_id: string
  kind: string
  quantity: Numeric
  occurred_at: Timestamp
  received_at: Timestamp
}

interface UsageEventsTable {
  account_id: number
  event_id: string
  organization_id: string
  partner_id: string
  kind: string
  quantity: Numeric
  occurred_at: Timestamp
  received_at: Timestamp
}

interface UsageInvoicesTable {
  account_id: number
  invoice_id: string
  organization_id: string
  partner_id: string
  period_start: string
  period_end: string
  quantity: Numeric
  amount: Int8
  currency: string
  is_foreign: boolean
  issued_at: Timestamp
}

interface VoidedFactsTable {
  account_id: number
  id: Generated<string>
  table_name: string
  key: Json
  row: Json
  beside: Json
  voided_at: Timestamp
  voided_by: string
  restored_at: Timestamp | null
  restored_by: string | null
}

interface WatermarksTable {
  account_id: number
  table_name: string
  complete_through: Timestamp
  set_at: Timestamp
}

interface WithdrawalsTable {
  account_id: number
  withdrawal_id: Int8
  partner_id: string
  amount: Int8
  currency: string
  is_foreign: boolean
  status: string
  requested_at: Timestamp
  acted_at: Timestamp | null
  invoice_id: string | null
  paypal: string | null
  made_here: Generated<boolean>
}

interface WorkersTable {
  id: string
  host: string
  pid: number
  seen_at: Generated<Timestamp>
  settings: Json | null
  command: string | null
  tz_version: string | null
}

interface ZoneRulesTable {
  zone: string
  version: string
  sha256: string
}
