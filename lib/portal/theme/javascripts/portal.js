// What makes the portal's pages more comfortable. Every page works without it.
(() => {
  const root = document.documentElement
  const all = (selector, from = document) => [...from.querySelectorAll(selector)]
  const status = document.getElementById('status')
  const say = (text) => {
    if (status) status.textContent = text
  }

  // Phones: the menu folds away.
  const menuButton = document.querySelector('.menu-button')
  const nav = document.getElementById('site-nav')
  menuButton?.addEventListener('click', () => {
    const open = nav.toggleAttribute('data-open')
    menuButton.setAttribute('aria-expanded', String(open))
  })

  // Light, dark, or as the system says; kept in this browser only.
  const themes = { auto: 'Colours: as your system', light: 'Colours: light', dark: 'Colours: dark' }
  const readTheme = () => {
    try {
      return localStorage.getItem('theme') ?? 'auto'
    } catch {
      return 'auto' // storage is off
    }
  }
  const showTheme = (theme) => {
    if (theme === 'auto') delete root.dataset.theme
    else root.dataset.theme = theme
    for (const button of all('[data-theme-toggle]')) {
      button.hidden = false
      button.title = themes[theme]
      button.setAttribute('aria-label', `${themes[theme]}. Change`)
    }
  }
  showTheme(readTheme())
  for (const button of all('[data-theme-toggle]'))
    button.addEventListener('click', () => {
      const order = Object.keys(themes)
      const next = order[(order.indexOf(readTheme()) + 1) % order.length]
      try {
        localStorage.setItem('theme', next)
      } catch {
        // Storage is off: the choice lasts for this page.
      }
      showTheme(next)
      say(themes[next])
    })

  // Keys are covered until asked for; copying needs no uncovering.
  const covers = new Map()
  for (const code of all('[data-secret]')) {
    const secret = code.textContent.trim()
    const cover = `${secret.slice(0, 4)}${'•'.repeat(12)}`
    code.dataset.secret = secret
    covers.set(secret, cover)
    code.textContent = cover
    const button = code.parentElement.querySelector('[data-reveal]')
    if (!button) continue
    button.hidden = false
    let shown = false
    button.addEventListener('click', () => {
      shown = !shown
      code.textContent = shown ? secret : cover
      button.textContent = shown ? 'Hide' : 'Show'
    })
  }

  for (const code of all('[data-holds-secret]')) {
    const whole = code.textContent
    code.dataset.secret = whole
    code.textContent = [...covers].reduce((text, [secret, cover]) => (secret ? text.replaceAll(secret, cover) : text), whole)
  }

  for (const button of all('[data-copy]'))
    button.addEventListener('click', async () => {
      const from = document.getElementById(button.dataset.copy)
      if (!from) return
      const before = button.textContent
      try {
        await navigator.clipboard.writeText(from.dataset.secret || from.textContent.trim())
        button.textContent = 'Copied'
        say('Copied')
      } catch {
        // No clipboard (an insecure origin): select it, so that the keys of the keyboard copy it.
        if (from.dataset.secret) from.textContent = from.dataset.secret
        getSelection().selectAllChildren(from)
        button.textContent = 'Selected'
        say('Selected. Copy it with your keyboard.')
      }
      setTimeout(() => (button.textContent = before), 1600)
    })

  // "3 hours ago", with the exact time on hover.
  const units = [
    ['year', 31536000],
    ['month', 2592000],
    ['week', 604800],
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ]
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  for (const time of all('time[data-relative]')) {
    const at = Date.parse(time.dateTime)
    if (Number.isNaN(at)) continue
    const seconds = (at - Date.now()) / 1000
    const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
    time.title = new Date(at).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })
    // A window that ended while the page was on its way.
    const said = time.previousElementSibling
    if (seconds < 0 && said?.dataset.past) said.textContent = said.dataset.past
    time.textContent = unit === 'second' ? (seconds < 0 ? 'just now' : 'in a moment') : relative.format(Math.round(seconds / size), unit)
  }
  for (const number of all('[data-number]')) {
    const value = Number(number.textContent.trim())
    if (Number.isFinite(value)) number.textContent = value.toLocaleString('en')
  }

  // One question before what cannot be undone; one sending per click.
  document.addEventListener('submit', (event) => {
    const form = event.target
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm
    if (question && !confirm(question)) return event.preventDefault()
    if (form.dataset.sent && form.method === 'post') return event.preventDefault()
    form.dataset.sent = 'yes'
    const button = event.submitter
    if (button?.dataset.disableWith) button.textContent = button.dataset.disableWith
    button?.setAttribute('aria-disabled', 'true')
  })
  // Back in the history shows the page as it was left: free the forms again.
  addEventListener('pageshow', () => {
    for (const form of all('form[data-sent]')) delete form.dataset.sent
    for (const button of all('[aria-disabled]')) button.removeAttribute('aria-disabled')
  })

  const closeMenus = (except) => {
    for (const menu of all('details.account-menu[open]')) if (menu !== except) menu.open = false
  }
  document.addEventListener('click', (event) => closeMenus(event.target.closest('details.account-menu')))
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    const open = document.querySelector('details.account-menu[open]')
    closeMenus()
    open?.querySelector('summary').focus()
  })

  const firstError = document.querySelector('[aria-invalid="true"]')
  firstError?.focus()
})()
