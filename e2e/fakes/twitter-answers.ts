/**
 * Plausible answers of the Twitter REST API 1.1, by the shape of the path: the document describes no responses. The
 * same question always gets the same answer, so a test may compare.
 */
export type Question = { verb: string; path: string; params: URLSearchParams }

/** The body Twitter would give for `path` (without `/1.1` and `.json`), as a JSON value. */
export function answerFor({ verb, path, params }: Question): unknown {
  const name = path.replace(/^\/1\.1\//, '').replace(/\.json$/, '')
  const count = Math.min(200, Math.max(1, Number(params.get('count')) || 20))
  const who = params.get('screen_name') ?? params.get('user_id') ?? 'gatehouse'
  const idOf = (fallback: string) => params.get('id') ?? name.split('/').at(-1) ?? fallback
  const list = <T>(make: (seed: string) => T, size = count) => Array.from({ length: size }, (_, i) => make(`${who}-${i}`))
  const page = <T>(key: string, items: T[]) => ({ [key]: items, previous_cursor: 0, previous_cursor_str: '0', next_cursor: 0, next_cursor_str: '0' })

  if (/_timeline$|^favorites\/list$|^lists\/statuses$|^statuses\/retweets\//.test(name)) return list(tweet)
  if (name === 'search/tweets') return { statuses: list(tweet, Math.min(count, 15)), search_metadata: { query: params.get('q') ?? '', count, completed_in: 0.03 } }
  if (name === 'statuses/oembed') return { type: 'rich', version: '1.0', provider_name: 'Twitter', html: '<blockquote>Just setting up the gateway</blockquote>', width: 550, height: null }
  if (/^statuses\/update/.test(name)) return { ...tweet('new'), text: params.get('status') ?? 'Just setting up the gateway' }
  if (/^statuses\/|^favorites\//.test(name)) return tweet(idOf('1'))
  if (/^direct_messages(\/sent)?$/.test(name)) return list(directMessage)
  if (/^direct_messages\//.test(name)) return directMessage(idOf('1'))
  if (/\/ids$|^friendships\/(incoming|outgoing)$/.test(name)) return page('ids', list(numberOf, Math.min(count, 50)))
  if (name === 'friendships/lookup') return list((seed) => ({ ...brief(user(seed)), connections: ['following'] }), 3)
  if (/^friendships\/(show|update)$/.test(name)) return { relationship: { source: { ...brief(user(who)), following: true }, target: { ...brief(user('target')), followed_by: true } } }
  if (/^lists\/(members|subscribers)$|^blocks\/list$/.test(name)) return page('users', list(user))
  if (/^lists\/(memberships|subscriptions)$/.test(name)) return page('lists', list(twitterList, 5))
  if (name === 'lists/list') return list(twitterList, 5)
  if (/^lists\/(members|subscribers)\/show$/.test(name)) return user(who)
  if (/^lists\//.test(name)) return twitterList(params.get('slug') ?? params.get('list_id') ?? 'team')
  if (/^users\/(lookup|search|contribut)/.test(name)) return list(user)
  if (name === 'users/suggestions') return ['music', 'science', 'sports'].map(category)
  if (/^users\/suggestions\/[^/]+\/members$/.test(name)) return list(user)
  if (/^users\/suggestions\//.test(name)) return { ...category(idOf('music')), users: list(user, 5) }
  if (name === 'account/settings') return { screen_name: who, language: 'en', protected: false, time_zone: { name: 'UTC', utc_offset: 0, tzinfo_name: 'Etc/UTC' }, sleep_time: { enabled: false } }
  if (name === 'account/update_delivery_device') return {}
  if (name === 'application/rate_limit_status') return { rate_limit_context: { access_token: who }, resources: { statuses: { '/statuses/home_timeline': { limit: 15, remaining: 15, reset: 1_700_000_900 } } } }
  if (/^geo\/(id\/|places$)/.test(name)) return place(idOf('df51dec6f4ee2b2c'))
  if (/^geo\//.test(name)) return { query: { type: name.slice(4), params: Object.fromEntries(params) }, result: { places: list(place, 3) } }
  if (name === 'help/configuration') return { characters_reserved_per_media: 24, max_media_per_upload: 1, photo_size_limit: 3_145_728, short_url_length: 23 }
  if (name === 'help/languages') return [{ code: 'en', name: 'English', status: 'production' }, { code: 'es', name: 'Spanish', status: 'production' }]
  if (/^help\//.test(name)) return { [name.slice(5)]: 'Be kind, and read the limits.' }
  if (/^saved_searches\/list$/.test(name)) return list(savedSearch, 3)
  if (/^saved_searches\//.test(name)) return savedSearch(idOf('1'))
  if (name === 'collections/list') return { response: { results: list(collection, 3) }, objects: { users: {} } }
  if (name === 'collections/entries') return { response: { timeline: list(tweet, Math.min(count, 20)), position: { was_truncated: false } } }
  if (/^collections\/(show|create|update)$/.test(name)) return collection(params.get('id') ?? 'new')
  if (/^collections\//.test(name)) return { response: { errors: [] } }
  if (name === 'trends/place') return [{ trends: list(trend, 10), as_of: '2026-01-01T00:00:00Z', locations: [{ name: 'Worldwide', woeid: 1 }] }]
  if (/^trends\//.test(name)) return [{ name: 'Barcelona', woeid: 753_692, country: 'Spain', countryCode: 'ES', placeType: { code: 7, name: 'Town' } }]
  // What is left acts on somebody: users/show, report_spam, blocks/create, friendships/create, account/update_profile, ...
  return verb === 'GET' || /^(users|account|blocks|friendships)\//.test(name) ? user(who) : {}
}

function numberOf(seed: string): number {
  if (/^\d{1,15}$/.test(seed)) return Number(seed)
  let hash = 2_166_136_261
  for (const char of seed) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619) >>> 0
  return 10_000 + hash
}

function user(seed: string) {
  const id = numberOf(seed)
  const screenName = /^[A-Za-z]\w{0,14}$/.test(seed) ? seed : `user_${id}`
  return { id, id_str: String(id), name: screenName.replace('_', ' '), screen_name: screenName, followers_count: id % 5000, friends_count: id % 700, statuses_count: id % 9000, verified: id % 7 === 0, created_at: 'Mon Nov 29 21:18:15 +0000 2010' }
}

function brief({ id, id_str, screen_name }: ReturnType<typeof user>) {
  return { id, id_str, screen_name }
}

function tweet(seed: string) {
  const id = numberOf(seed)
  return { id, id_str: String(id), created_at: 'Wed Aug 27 13:08:45 +0000 2014', text: `Message number ${id}`, truncated: false, user: user(`author-${id % 50}`), retweet_count: id % 90, favorite_count: id % 300, lang: 'en', entities: { hashtags: [], urls: [], user_mentions: [] } }
}

function directMessage(seed: string) {
  const id = numberOf(seed)
  return { id, id_str: String(id), text: `Private message ${id}`, sender: user('sender'), recipient: user('gatehouse'), created_at: 'Wed Aug 27 13:08:45 +0000 2014' }
}

function collection(seed: string) {
  const id = numberOf(seed)
  return { timeline_id: `custom-${id}`, name: `Collection ${id}`, timeline_order: 'curation_reverse_chron', visibility: 'public', user: brief(user('gatehouse')) }
}

function twitterList(seed: string) {
  const id = numberOf(seed)
  return { id, id_str: String(id), name: seed, slug: seed, full_name: `@gatehouse/${seed}`, mode: 'public', member_count: id % 400, subscriber_count: id % 90, user: user('gatehouse') }
}

function category(slug: string) {
  return { name: slug[0]!.toUpperCase() + slug.slice(1), slug, size: 20 }
}

function place(seed: string) {
  return { id: seed, url: `https://api.twitter.com/1.1/geo/id/${seed}.json`, place_type: 'city', name: 'Barcelona', full_name: 'Barcelona, Spain', country_code: 'ES', country: 'Spain' }
}

function savedSearch(seed: string) {
  const id = numberOf(seed)
  return { id, id_str: String(id), name: `search ${id}`, query: `search ${id}`, position: null, created_at: 'Wed Aug 27 13:08:45 +0000 2014' }
}

function trend(seed: string) {
  return { name: `#${seed.replace(/\W/g, '')}`, query: `%23${seed.replace(/\W/g, '')}`, promoted_content: null, tweet_volume: numberOf(seed) % 90_000 }
}
