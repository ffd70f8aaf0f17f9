/**
 * Which methods a plan lets through: the one rule for screens, gateway and accounting. A method with an explicit word
 * on the plan (plan_methods) follows it, every other follows the plan's `newMethods`.
 */
export type MethodRule = { newMethods: string; explicit: boolean | undefined; read: boolean }

/** True where the plan lets the method through. An unknown `newMethods` closes. */
export function isMethodEnabled({ newMethods, explicit, read }: MethodRule): boolean {
  if (explicit !== undefined) return explicit
  if (newMethods === 'enabled') return true
  return newMethods === 'reads_only' && read
}

/**
 * True where a method only reads: every verb it is known by, from its import and from its mapping rules, is GET or
 * HEAD. One writing verb, `ANY`, or no verb at all make it no read: a plan of reads must not let a write slip in.
 */
export function isRead(verb: string | null, ruleVerbs: Iterable<string>): boolean {
  const verbs = [...(verb === null ? [] : [verb]), ...ruleVerbs]
  return verbs.length > 0 && verbs.every((each) => each === 'GET' || each === 'HEAD')
}
