/**
 * The facts of a partner program (docs/importing.md). Account first in every key; money in minor units of its currency (bigint);
 * `partner_id` is repeated on the children of campaigns, licences, leads and organisations, so that one policy and one
 * index serve every table and no query of one partner has to join to find out whose row it is.
 */
export const facts = `
create table accounts (
  account_id int primary key check (account_id > 0),
  name text not null,
  timezone text not null,
  currency char(3) not null,
  locale text not null default 'en-US',
  withdrawal_minimum bigint not null,
  hold_days int not null default 0 check (hold_days >= 0),
  reply_to text,
  brand_color text,
  logo_file text
);

create table partners (
  account_id int not null references accounts,
  partner_id text not null,
  name text not null,
  email text not null,
  type text not null check (type in ('referral', 'reseller', 'distributor')),
  programs text[] not null default '{}' check (programs <@ array['affiliate', 'solution', 'expert']),
  uuid uuid not null,
  category text,
  tier text,
  stage text,
  currency char(3),
  timezone text,
  locale text,
  country text,
  referred_by text,
  blocked boolean not null default false,
  created_at timestamptz not null,
  send_monthly_summary boolean not null default true,
  send_reseller_weekly_summary boolean not null default true,
  send_newsletter boolean not null default true,
  send_notifications boolean not null default true,
  primary key (account_id, partner_id),
  unique (account_id, uuid),
  -- checked at the end: a known partner may turn out to be referred by one that comes in with the same import
  foreign key (account_id, referred_by) references partners deferrable initially deferred
);
create index on partners (account_id, referred_by) where referred_by is not null;

create table billing_details (
  account_id int not null,
  partner_id text not null,
  type text not null check (type in ('business', 'individual')),
  company text not null,
  address text not null,
  city text not null,
  country text not null,
  paypal text not null,
  zip_code text,
  vat text,
  state text,
  primary key (account_id, partner_id)
);

create table coupons (
  account_id int not null,
  coupon_id bigint not null,
  partner_id text not null,
  label text not null,
  active boolean not null default true,
  primary key (account_id, coupon_id)
);
create index on coupons (account_id, partner_id);

create table campaigns (
  account_id int not null,
  campaign_id bigint not null,
  partner_id text not null,
  product text not null,
  name text not null,
  slug text,
  link text,
  region text,
  trial_duration int,
  coupon_id bigint,
  active boolean not null default true,
  is_default boolean not null default false,
  created_at timestamptz not null,
  primary key (account_id, campaign_id)
);
create index on campaigns (account_id, partner_id);

create table clicks (
  account_id int not null,
  campaign_id bigint not null,
  occurred_at timestamptz not null,
  partner_id text not null,
  clicks bigint not null default 1 check (clicks >= 0),
  primary key (account_id, campaign_id, occurred_at)
);
create index on clicks (account_id, partner_id, occurred_at);
create index on clicks using brin (occurred_at);

create table licenses (
  account_id int not null,
  license_id text not null,
  partner_id text not null,
  program text not null check (program in ('affiliate', 'solution')),
  product text not null,
  campaign_id bigint,
  client_name text,
  client_email text,
  purchase_order text,
  payment_origin text check (payment_origin in ('client', 'partner')),
  plan text,
  billing_cycle text check (billing_cycle in ('monthly', 'annual')),
  seats int,
  data_center text,
  created_at timestamptz not null,
  qualified_at timestamptz,
  cc_added_at timestamptz,
  converted_at timestamptz,
  expires_at timestamptz,
  commission_percent numeric,
  discount_percent numeric,
  blocked boolean not null default false,
  utm_campaign text,
  utm_source text,
  utm_medium text,
  utm_content text,
  utm_term text,
  primary key (account_id, license_id)
);
create index on licenses (account_id, partner_id, program, created_at, license_id);
create index on licenses (account_id, campaign_id) where campaign_id is not null;
create index on licenses (account_id, created_at);
create index on licenses (account_id, converted_at) where converted_at is not null;
create index on licenses (account_id, expires_at) where expires_at is not null;
create index on licenses (account_id, license_id) where blocked;

create table license_operators (
  account_id int not null,
  license_id text not null,
  login text not null,
  partner_id text not null,
  name text not null,
  permission text not null,
  primary key (account_id, license_id, login)
);

create table license_invoices (
  account_id int not null,
  license_id text not null,
  invoice_no bigint not null,
  partner_id text not null,
  date timestamptz not null,
  plan text not null,
  seats int not null,
  billing_cycle text not null check (billing_cycle in ('monthly', 'annual')),
  amount bigint not null,
  status text not null,
  primary key (account_id, license_id, invoice_no)
);

create table commissions (
  account_id int not null,
  commission_id text not null,
  partner_id text not null,
  kind text not null check (kind in ('commission', 'referral', 'refund', 'adjustment', 'discount')),
  program text not null,
  product text not null,
  license_id text,
  campaign_id bigint,
  referred_partner_id text,
  amount bigint not null,
  currency char(3) not null,
  is_foreign boolean not null,
  earned_at timestamptz not null,
  available_at timestamptz not null,
  blocked boolean not null default false,
  primary key (account_id, commission_id)
);
create index on commissions (account_id, partner_id, earned_at);
create index on commissions using brin (earned_at);
create index on commissions (account_id, license_id) where license_id is not null;
create index on commissions (account_id, campaign_id, earned_at) where campaign_id is not null;
create index on commissions (account_id) where is_foreign;

create table withdrawals (
  account_id int not null,
  withdrawal_id bigint not null,
  partner_id text not null,
  amount bigint not null check (amount > 0),
  currency char(3) not null,
  is_foreign boolean not null,
  status text not null check (status in ('pending', 'paid', 'rejected')),
  requested_at timestamptz not null,
  acted_at timestamptz,
  invoice_id text,
  paypal text,
  primary key (account_id, withdrawal_id)
);
create index on withdrawals (account_id, partner_id, requested_at);

create table leads (
  account_id int not null,
  lead_id text not null,
  partner_id text not null,
  direction text not null check (direction in ('received', 'sent')),
  status text not null check (status in ('pending', 'converted', 'rejected')),
  company_name text not null,
  contact_email text,
  created_at timestamptz not null,
  closed_at timestamptz,
  external_lead_id text,
  fee_amount bigint,
  domain text,
  first_name text,
  last_name text,
  region text,
  job_title text,
  phone_number text,
  description text,
  updated_at timestamptz,
  primary key (account_id, lead_id)
);
create index on leads (account_id, partner_id, created_at);
create index on leads (account_id, created_at);

create table lead_events (
  account_id int not null,
  lead_id text not null,
  name text not null,
  created_at timestamptz not null,
  partner_id text not null,
  primary key (account_id, lead_id, name, created_at)
);

create table agents (
  account_id int not null,
  agent_id bigint not null,
  name text not null,
  email text,
  avatar_url text,
  primary key (account_id, agent_id)
);

create table funnels (
  account_id int not null,
  funnel_id bigint not null,
  name text not null,
  primary key (account_id, funnel_id)
);

create table stages (
  account_id int not null,
  funnel_id bigint not null,
  stage_id bigint not null,
  name text not null,
  position int not null,
  primary key (account_id, funnel_id, stage_id)
);

create table deals (
  account_id int not null,
  deal_id text not null,
  funnel_id bigint not null,
  stage_id bigint not null,
  agent_id bigint,
  partner_id text,
  value bigint not null,
  currency char(3) not null,
  is_foreign boolean not null,
  status text not null check (status in ('open', 'won', 'lost')),
  created_at timestamptz not null,
  closed_at timestamptz check (closed_at is not null or status = 'open'),
  primary key (account_id, deal_id)
);
create index on deals (account_id, funnel_id, created_at);
create index on deals (account_id, funnel_id, closed_at) where closed_at is not null;
create index on deals (account_id, partner_id) where partner_id is not null;

create table organizations (
  account_id int not null,
  organization_id text not null,
  partner_id text not null,
  name text not null,
  external_id text,
  status text not null check (status in ('active', 'suspended', 'closed')),
  created_at timestamptz not null,
  primary key (account_id, organization_id)
);
create index on organizations (account_id, partner_id);

create table usage_events (
  account_id int not null,
  event_id text not null,
  organization_id text not null,
  partner_id text not null,
  kind text not null,
  quantity numeric not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  primary key (account_id, event_id)
);
create index on usage_events (account_id, partner_id, occurred_at);
create index on usage_events using brin (occurred_at);

-- A later, different payload of a known event (docs/importing.md): kept beside the first, one row per distinct payload.
create table usage_event_conflicts (
  account_id int not null,
  event_id text not null,
  payload_hash text not null,
  organization_id text not null,
  partner_id text not null,
  kind text not null,
  quantity numeric not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  primary key (account_id, event_id, payload_hash)
);
create index on usage_event_conflicts (account_id, partner_id);

create table credit_entries (
  account_id int not null,
  entry_id text not null,
  partner_id text not null,
  organization_id text,
  amount numeric not null,
  reason text,
  occurred_at timestamptz not null,
  primary key (account_id, entry_id)
);
create index on credit_entries (account_id, partner_id, occurred_at);

create table usage_invoices (
  account_id int not null,
  invoice_id text not null,
  organization_id text not null,
  partner_id text not null,
  period_start date not null,
  period_end date not null check (period_end >= period_start),
  quantity numeric not null,
  amount bigint not null,
  currency char(3) not null,
  is_foreign boolean not null,
  issued_at timestamptz not null,
  primary key (account_id, invoice_id)
);
create index on usage_invoices (account_id, partner_id, period_end);

create table expert_profiles (
  account_id int not null,
  partner_id text not null,
  expert_id text,
  status text,
  company text,
  phone text,
  logo text,
  description text,
  short_description text,
  agents text,
  hour_rate text,
  project_rate text,
  country text,
  website text,
  facebook text,
  twitter text,
  linkedin text,
  googleplus text,
  categories text[] not null default '{}',
  languages text[] not null default '{}',
  projects text[] not null default '{}',
  primary key (account_id, partner_id)
);

create table expert_comments (
  account_id int not null,
  partner_id text not null,
  created_at timestamptz not null,
  author text not null,
  comment text not null,
  website text,
  primary key (account_id, partner_id, created_at, author)
);

create table expert_stats (
  account_id int not null,
  partner_id text not null,
  position int not null,
  comments int not null,
  messages int not null,
  primary key (account_id, partner_id)
);

create table expert_views (
  account_id int not null,
  partner_id text not null,
  month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  profile_views bigint not null,
  primary key (account_id, partner_id, month)
);

create table fx_rates (
  account_id int not null,
  currency char(3) not null,
  date date not null,
  rate numeric not null check (rate > 0),
  primary key (account_id, currency, date)
);

-- What a partner changed for itself; kept apart so that importing the same facts again changes nothing.
create table partner_settings (
  account_id int not null,
  partner_id text not null,
  first_name text,
  last_name text,
  contact_name text,
  contact_email text,
  properties jsonb not null default '{}',
  primary key (account_id, partner_id)
);

-- A preference a partner set itself, by unsubscribing or through its profile; it wins over the imported send_… flag.
-- topic: a report's name, 'newsletter' or 'notifications'.
create table preferences (
  account_id int not null,
  partner_id text not null,
  topic text not null,
  wanted boolean not null,
  source text not null,
  changed_at timestamptz not null,
  primary key (account_id, partner_id, topic)
);

-- The importer's word that a table is complete up to an instant (docs/operating.md, Schedules).
create table watermarks (
  account_id int not null references accounts,
  table_name text not null,
  complete_through timestamptz not null,
  set_at timestamptz not null,
  primary key (account_id, table_name)
);
`
