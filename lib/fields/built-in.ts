/** Whose fields they are: an organisation, a person of it, an application. */
export const fieldTargets = ['account', 'user', 'application'] as const
export type FieldTarget = (typeof fieldTargets)[number]

export type BuiltIn = {
  name: string
  label: string
  /** Always there, always required, never hidden (reference portal 2). */
  required?: true
  /** Stored in a column of the noun's own; without one in `extra` under its name. */
  column?: 'orgName' | 'email' | 'userName' | 'firstName' | 'lastName' | 'name' | 'description'
  lengthMax?: number
}

/** What the product knows by itself. Names are those templates and the management API use; columns are ours. */
export const builtIns: Record<FieldTarget, readonly BuiltIn[]> = {
  account: [
    { name: 'org_name', label: 'Organization/Group Name', required: true, column: 'orgName', lengthMax: 200 },
    { name: 'org_legaladdress', label: 'Address' },
    { name: 'org_legaladdress_cont', label: 'Address, second line' },
    { name: 'telephone_number', label: 'Telephone number' },
    { name: 'vat_code', label: 'VAT code' },
    { name: 'vat_rate', label: 'VAT rate' },
    { name: 'fiscal_code', label: 'Fiscal code' },
    { name: 'state_region', label: 'State or region' },
    { name: 'city', label: 'City' },
    { name: 'country', label: 'Country' },
    { name: 'zip', label: 'ZIP or postal code' },
    { name: 'primary_business', label: 'Primary business' },
    { name: 'business_category', label: 'Business category' },
    { name: 'po_number', label: 'Purchase order number' },
  ],
  user: [
    { name: 'email', label: 'Email', required: true, column: 'email', lengthMax: 255 },
    { name: 'username', label: 'Username', column: 'userName', lengthMax: 40 },
    { name: 'title', label: 'Title' },
    { name: 'first_name', label: 'First Name', column: 'firstName', lengthMax: 100 },
    { name: 'last_name', label: 'Last Name', column: 'lastName', lengthMax: 100 },
    { name: 'job_role', label: 'Job role' },
  ],
  application: [
    { name: 'name', label: 'Name', required: true, column: 'name', lengthMax: 100 },
    { name: 'description', label: 'Description', column: 'description', lengthMax: 2000 },
  ],
}

/** What a tenant begins with. One signs in by e-mail, so a user name is there only where a tenant adds it. */
export const defaultFields: Record<FieldTarget, readonly string[]> = {
  account: ['org_name'],
  user: ['email'],
  application: ['name', 'description'],
}

/** Names that mean something else wherever fields stand flat beside other attributes: forms, webhooks, templates, the API. */
const reserved = new Set(
  [
    ...['id', 'state', 'role', 'password', 'password_confirmation', 'current_password', 'created_at', 'updated_at', 'extra', 'extra_fields', 'tenant_id', 'account', 'account_id'],
    ...['user', 'user_id', 'users', 'developer', 'application', 'application_id', 'applications', 'plan', 'plan_id', 'plan_ids', 'product', 'product_id', 'service_id', 'admin', 'url'],
    ...['keys', 'user_key', 'app_id', 'app_key', 'redirect_url', 'display_name', 'constructor', 'prototype', 'valueof', 'tostring', 'hasownproperty', 'reason'],
  ],
)

export function findBuiltIn(target: FieldTarget, name: string): BuiltIn | undefined {
  return builtIns[target].find((field) => field.name === name)
}

/** Why a field of the tenant's own cannot have this name, in a sentence; null if it can. */
export function findNameProblem(target: FieldTarget, name: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,59}$/.test(name)) return 'Begin with a letter; use letters, digits, dashes and underscores, 60 at most.'
  const lower = name.toLowerCase()
  if (builtIns[target].some((field) => field.name === lower)) return 'A built-in field has this name. Choose it from the list instead.'
  if (reserved.has(lower)) return 'This name has a meaning of its own here. Choose another.'
  return null
}
