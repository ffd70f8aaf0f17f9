import { SearchX } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'

export default function NotFound() {
  return (
    <EmptyState icon={<SearchX />} title="There is nothing at this address" action={<LinkButton href="/">Go to Home</LinkButton>} className="py-24">
      It may have been deleted, or the link is mistyped.
    </EmptyState>
  )
}
