import type { FieldErrors } from '@/lib/errors'
import type { FieldDto } from '@/lib/fields/queries'
import type { FieldValues } from '@/lib/fields/validate-values'
import { drop, typedText, type Drop } from '@/lib/liquid/values'
import { errorsDrop, fieldSets } from '@/lib/portal/assigns/field-drops'
import { fieldsAsText } from '@/lib/portal/drops/fields-as-text'

export type AccountFacts = {
  id: number
  orgName: string
  state: string
  createdAt: Date
  timezone: string
  /** Stored values by field name, or what was typed where a form is shown again. */
  values: FieldValues
  fields: FieldDto[]
  errors?: FieldErrors
  /** The signed-in person is an admin of it. */
  mayEdit: boolean
  multipleApplications: boolean
  approvalRequired: boolean
}

/**
 * `account`, `current_account`, `buyer`. Its `applications`, `subscribed_services` and `admin` are put in by whoever
 * has them (`withApplications`), because they lead back to it.
 */
export function accountDrop(facts: AccountFacts): Drop {
  const { id, orgName, fields, mayEdit } = facts
  const hidden = new Set(fields.filter((field) => field.hidden).map(({ name }) => name))
  const values = Object.fromEntries(Object.entries(facts.values).filter(([name]) => !hidden.has(name)))
  const text = (name: string) => typedText([values[name] ?? ''].flat().join(', '))
  const address = ['org_legaladdress', 'org_legaladdress_cont', 'city', 'state_region', 'zip', 'country'].flatMap((name) => values[name] ?? []).filter(Boolean).join(', ')
  const name = typedText(orgName)
  return drop(
    'account',
    id,
    {
      id,
      name,
      display_name: name,
      state: facts.state,
      vat_rate: text('vat_rate'),
      vat_zero_text: '',
      vat_code: text('vat_code'),
      unread_messages: [],
      latest_messages: [],
      bought_account_plan: null,
      bought_account_contract: null,
      bought_plan: null,
      credit_card_display_number: '',
      credit_card_expiration_date: '',
      'credit_card_required?': false,
      'credit_card_stored?': false,
      'credit_card_missing?': false,
      'requires_credit_card_now?': false,
      'credit_card_needed?': false,
      'requires_credit_card?': false,
      timezone: facts.timezone,
      'paid?': false,
      'on_trial?': false,
      telephone_number: text('telephone_number'),
      'approval_required?': facts.approvalRequired,
      created_at: Math.floor(facts.createdAt.getTime() / 1000),
      full_address: typedText(address),
      country_name: text('country'),
      applications: [],
      subscribed_services: [],
      admin: null,
      ...fieldSets(fields, { object: 'account', values, errors: facts.errors }),
      fields_plain_text: typedText(fieldsAsText(fields, values)),
      extra_fields_plain_text: typedText(fieldsAsText(fields.filter((field) => !field.builtIn), values)),
      'multiple_applications_allowed?': facts.multipleApplications,
      billing_address: null,
      'has_billing_address?': false,
      can: { 'be_updated?': mayEdit, 'be_deleted?': false },
      edit_url: '/admin/account/edit',
      edit_braintree_blue_credit_card_details_url: '',
      edit_stripe_billing_address_url: '',
      edit_ogone_billing_address_url: '',
      edit_payment_express_billing_address_url: '',
      errors: errorsDrop(facts.errors),
    },
    orgName,
  )
}
