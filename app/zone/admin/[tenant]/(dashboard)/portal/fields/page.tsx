import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { builtIns, fieldTargets } from '@/lib/fields/built-in'
import { listAllFields } from '@/lib/fields/queries'
import { signUpFields } from '@/lib/fields/sign-up-fields'
import { requireAdmin } from '@/lib/request/require-admin'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { PortalSwitch } from '../settings/_components/portal-switch'
import { FieldList } from './_components/field-list'
import { NewField } from './_components/new-field'
import { SignUpPreview } from './_components/sign-up-preview'

export const metadata: Metadata = { title: 'Sign-up & fields' }

export default async function FieldsPage() {
  const ctx = await requireAdmin('portal')
  const [settings, fields] = await Promise.all([getPortalSettings(ctx), listAllFields(ctx)])
  const unused = fieldTargets.flatMap((target) => builtIns[target].filter(({ name }) => !fields[target].some((field) => field.name === name)).map(({ name, label }) => ({ target, name, label })))
  return (
    <>
      <PageHeader title="Sign-up & fields" description="Who may sign up, and what your portal asks of accounts, their users and their applications, in this order on every form." action={<NewField unused={unused} />} />
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Card title="Sign-up">
            <div className="flex flex-col gap-4">
              <PortalSwitch name="signupsEnabled" on={settings.signupsEnabled} label="Sign-up open" hint="Anybody can make an account on your portal; closed, only those you add or partners invite." />
              <PortalSwitch
                name="accountApprovalRequired"
                on={settings.accountApprovalRequired}
                label="New accounts need approval"
                hint="After confirming the e-mail an account waits under Requests; its keys are refused until you approve it."
              />
            </div>
          </Card>
          {fieldTargets.map((target) => (
            <FieldList key={target} target={target} fields={fields[target]} />
          ))}
        </div>
        <SignUpPreview fields={signUpFields(fields)} open={settings.signupsEnabled} />
      </div>
    </>
  )
}
