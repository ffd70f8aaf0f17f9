'use client'

import { useState } from 'react'
import { Checkbox, RadioGroup } from '@/components/ui/choice'
import type { Permission } from '@/lib/tenants/context'
import { permissionWords } from './permission-words'

/** Admin, or a member with some permissions. What the signed-in person does not hold cannot be ticked. */
export function RoleFields({ role: given = 'member', permissions = [], grantable, isAdmin }: { role?: 'admin' | 'member'; permissions?: string[]; grantable: Permission[]; isAdmin: boolean }) {
  const [role, setRole] = useState(given)
  return (
    <>
      <RadioGroup
        cards
        name="role"
        legend="Role"
        value={role}
        onValueChange={(value) => setRole(value === 'admin' ? 'admin' : 'member')}
        options={[
          { value: 'member', label: 'Member', hint: 'May do what is ticked below.' },
          { value: 'admin', label: 'Admin', hint: isAdmin ? 'May do everything, members and roles too.' : 'Only an admin can make somebody an admin.', disabled: !isAdmin },
        ]}
      />
      {role === 'member' && (
        <fieldset className="min-w-0">
          <legend className="mb-1.5 text-sm font-semibold">Permissions</legend>
          <div className="grid gap-x-4 gap-y-2.5 sm:grid-cols-2">
            {permissionWords.map(({ value, label, hint }) => (
              <Checkbox key={value} name="permissions" value={value} label={label} hint={hint} defaultChecked={permissions.includes(value)} disabled={!grantable.includes(value)} />
            ))}
          </div>
        </fieldset>
      )}
    </>
  )
}
