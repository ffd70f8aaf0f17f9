/** Structure byte for byte as clients of 3scale know it: no white space between elements; every text and attribute is escaped. */
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

export type Attributes = Record<string, string | number>

/** An element with inner XML, which must be written by `element` or `text` already. */
export function element(name: string, inner: string, attributes: Attributes = {}): string {
  return `<${name}${attributesText(attributes)}>${inner}</${name}>`
}

export function emptyElement(name: string, attributes: Attributes): string {
  return `<${name}${attributesText(attributes)}/>`
}

/** An element with text inside. */
export function textElement(name: string, text: string | number, attributes: Attributes = {}): string {
  return element(name, escapeXml(String(text)), attributes)
}

function attributesText(attributes: Attributes): string {
  let text = ''
  for (const [name, value] of Object.entries(attributes)) text += ` ${name}="${escapeXml(String(value))}"`
  return text
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' }

/** Text for elements and attributes. What XML 1.0 cannot hold (control characters, halves of pairs) becomes U+FFFD. */
export function escapeXml(text: string): string {
  return /[&<>"'\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]/.test(text)
    ? text
        .toWellFormed()
        .replace(/[&<>"'\t\n\r]/g, (found) => entities[found]!)
        .replace(/[\x00-\x1f\ufffe\uffff]/g, '\ufffd')
    : text
}
