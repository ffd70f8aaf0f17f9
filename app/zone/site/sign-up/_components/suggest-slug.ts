/** A subdomain from an organisation's name: "Nordwind Verlag GmbH" -> nordwind-verlag-gmbh. May be empty. */
export function suggestSlug(organisation: string): string {
  return organisation
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 30)
    .replace(/-+$/, '')
}
