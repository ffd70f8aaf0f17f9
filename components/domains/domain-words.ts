import type { DomainDto } from '@/lib/domains/queries'

type Shown = Pick<DomainDto, 'state' | 'problem' | 'name'>

export function sayState({ state, problem }: Shown, serves: string): { tone: 'good' | 'warn'; word: string } {
  if (state === 'waiting') return { tone: 'warn', word: 'Waits for its proof' }
  return problem ? { tone: 'warn', word: 'Proved, not reached yet' } : { tone: 'good', word: `Serves ${serves}` }
}

/** What to do next; null where nothing is left. */
export function sayNextStep({ state, problem }: Shown): { kind: 'info' | 'warning'; title: string; text: string } | null {
  switch (problem) {
    case null:
      return state === 'proved' ? null : { kind: 'info', title: 'Make these records at your DNS provider', text: 'The TXT record proves that the domain is yours, the other one leads callers here. We look every minute; press Check now if you cannot wait.' }
    case 'txt_missing':
      return { kind: 'info', title: 'We do not see the TXT record yet', text: 'Make it as written below. New records take minutes, sometimes an hour, to be seen everywhere.' }
    case 'txt_wrong':
      return { kind: 'warning', title: 'The TXT record holds something else', text: 'There is a record at this name, but not with this value. Copy the value below again; it differs from account to account.' }
    case 'dns_silent':
      return { kind: 'warning', title: 'The name servers did not answer', text: 'Nothing is wrong on your side as far as we can tell. We ask again by ourselves.' }
    case 'taken':
      return { kind: 'warning', title: 'Somebody else uses this domain', text: 'Somebody proved it before. Remove it there, or write to the operator of this installation if it is yours.' }
    case 'elsewhere':
      return { kind: 'warning', title: 'The domain is yours, but leads elsewhere', text: 'Callers still reach another server. Change the second record as written below.' }
    case 'not_pointing':
      return { kind: 'info', title: 'The domain is yours. Now lead callers here', text: 'Make the second record below. Until then the name leads nowhere.' }
  }
}
