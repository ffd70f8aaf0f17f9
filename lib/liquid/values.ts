/**
 * What a template may see. Everything here is plain data, so that it crosses to the rendering thread by structured
 * clone (cycles allowed: an application's account has applications) and nothing a template reaches leads back to a row,
 * a secret or a function (LQ-3). Four wrappers carry what plain data cannot say; the engine unwraps them.
 */
export type LiquidValue = string | number | boolean | null | undefined | LiquidValue[] | LiquidObject | Drop | DropList | SafeHtml | TypedText

export type LiquidObject = { [name: string]: LiquidValue }

/**
 * A record. Attribute names are those of the reference (`free?` included); an attribute that is not there is empty. Two
 * drops of the same kind and id compare equal. `text` is what `{{ drop }}` prints; `dom_id` makes `kind_id` of it.
 */
export type Drop = { readonly $drop: { kind: string; id: number | string; text: string }; [attribute: string]: LiquidValue | { kind: string; id: number | string; text: string } }

/** A collection of drops: iterable, with `size`, `first`, `last`, by position, and by key (`plans['basic']`). */
export type DropList = { readonly $list: LiquidValue[]; readonly $keys: string[] }

/** Markup of ours or of the tenant that is printed as it stands. */
export type SafeHtml = { readonly $html: string }

/** Text a developer typed: escaped in HTML whatever the template says, `raw` included (LQ-4). */
export type TypedText = { readonly $typed: string }

/** `text` defaults to the empty string. */
export function drop(kind: string, id: number | string, attributes: LiquidObject, text = ''): Drop {
  return { ...attributes, $drop: { kind, id, text } }
}

/** `keyOf` says under which name an item is found; items without one are found by position only. */
export function dropList<Item extends LiquidValue>(items: Item[], keyOf: (item: Item) => string = () => ''): DropList {
  return { $list: items, $keys: items.map(keyOf) }
}

export function safeHtml(markup: string): SafeHtml {
  return { $html: markup }
}

export function typedText(text: string): TypedText {
  return { $typed: text }
}
