import { notFound } from 'next/navigation'
import { env } from '@/lib/env'
import { Kit } from './_components/kit'

export const metadata = { title: 'Kit' }

/** Every component in every state, for our own eyes and for the accessibility check. Not in production. */
export default function KitPage() {
  if (env().NODE_ENV === 'production') notFound()
  return <Kit />
}
