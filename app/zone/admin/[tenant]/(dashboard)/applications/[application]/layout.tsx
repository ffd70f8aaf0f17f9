import type { ReactNode } from 'react'
import { readApplication } from './_read-application'

/** Looks before anything is sent: below a skeleton the answer would be 200 already, and nobody's application is a 404 (ISO-5). */
export default async function ApplicationLayout({ params, children }: { params: Promise<{ application: string }>; children: ReactNode }) {
  await readApplication((await params).application)
  return children
}
