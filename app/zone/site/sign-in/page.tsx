import Link from 'next/link'
import { addressEnd } from '../_components/address-end'
import { SiteFrame } from '../_components/site-frame'
import { FindDashboard } from './_components/find-dashboard'

export const metadata = { title: 'Sign in' }

/** Every organisation has its own door; this page only shows the way. */
export default function SignInPage() {
  return (
    <SiteFrame quiet>
      <div className="mx-auto w-full max-w-sm px-4 py-16">
        <h1 className="text-2xl font-semibold tracking-tight">Sign in</h1>
        <p className="mt-1 mb-6 text-text-2">Each organisation has a door of its own. Which one is yours?</p>
        <FindDashboard end={addressEnd()} />
        <p className="mt-6 text-text-2">
          Not here yet?{' '}
          <Link href="/sign-up" className="link">
            Open your API
          </Link>
        </p>
      </div>
    </SiteFrame>
  )
}
