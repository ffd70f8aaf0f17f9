import { LogoMark } from '@/components/shell/logo'
import { LinkButton } from '@/components/ui/link-button'

export default function Forbidden() {
  return (
    <main className="grid min-h-dvh place-items-center px-4">
      <div className="flex flex-col items-center text-center">
        <LogoMark className="size-10 text-text-3" />
        <h1 className="mt-6 text-xl font-semibold">You do not have the permission for this place</h1>
        <p className="mt-1 max-w-sm text-text-2">An admin of your organisation can give it to you.</p>
        <LinkButton href="/" className="mt-5">
          Go to Home
        </LinkButton>
      </div>
    </main>
  )
}
