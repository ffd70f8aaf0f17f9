import { Lock } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'

export default function Forbidden() {
  return (
    <EmptyState icon={<Lock />} title="You do not have the permission for this place" action={<LinkButton href="/">Go to Home</LinkButton>} className="py-24">
      An admin of your organisation can give it to you under Settings, Members & roles.
    </EmptyState>
  )
}
