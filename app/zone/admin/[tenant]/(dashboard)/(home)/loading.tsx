import { PageSkeleton } from '@/components/ui/skeleton'

// Not one level higher: below a skeleton every answer is 200 already, and nobody's thing must be a 404 (ISO-5).
export default function Loading() {
  return <PageSkeleton shape="cards" />
}
