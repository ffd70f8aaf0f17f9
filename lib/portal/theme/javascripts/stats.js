// Draws the statistics: calls over time and the hours of the week. The sums on the page need none of it.
(() => {
  const chartBox = document.getElementById('stats-chart')
  const hoursBox = document.getElementById('stats-hours')
  if (!chartBox?.dataset.url) return
  const number = new Intl.NumberFormat('en')
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
  for (const each of document.querySelectorAll('[data-number]')) if (/^\d+$/.test(each.textContent.trim())) each.textContent = number.format(Number(each.textContent))

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    element.append(...children)
    return element
  }
  const draw = (name, attributes = {}, text) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    if (text !== undefined) element.textContent = text
    return element
  }
  const calls = (count) => `${number.format(count)} ${count === 1 ? 'call' : 'calls'}`

  fetch(chartBox.dataset.url, { headers: { accept: 'application/json' }, credentials: 'same-origin' })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((data) => {
      showCalls(data)
      if (hoursBox) showHours(data)
    })
    .catch(() => {
      chartBox.replaceChildren(make('p', { class: 'quiet' }, 'The figures could not be loaded. Reload the page to try again.'))
    })

  function labelsOf({ period, slots }) {
    const { timezone: timeZone, granularity } = period
    const format = (options) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone })
    const axis = format(granularity === 'month' ? { month: 'short', year: 'numeric' } : granularity === 'day' ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' })
    const whole = granularity === 'hour' ? format({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }) : granularity === 'day' ? format({ weekday: 'short', day: 'numeric', month: 'short' }) : axis
    return slots.map((at) => ({ axis: axis.format(new Date(at)), whole: whole.format(new Date(at)) }))
  }

  function niceTop(most) {
    if (most <= 4) return 4
    const size = 10 ** Math.floor(Math.log10(most))
    return [1, 2, 4, 5, 8, 10].map((step) => step * size).find((top) => top >= most)
  }

  function showCalls(data) {
    // With several applications and hardly a method the applications tell more.
    const lines = data.methods.length > 0 ? data.methods : data.applications
    if (lines.length === 0 || lines.every(({ total }) => total === 0)) {
      chartBox.replaceChildren(make('p', { class: 'quiet' }, 'No call in this time.'))
      return
    }
    const labels = labelsOf(data)
    const tone = (line, index) => `s${line.id === null ? 6 : (index % 5) + 1}`
    const legend = make('ul', { class: 'stats-legend' }, ...lines.map((line, index) => make('li', {}, make('i', { class: tone(line, index), 'aria-hidden': 'true' }), make('span', {}, `${line.name} (${number.format(line.total)})`))))
    const told = make('p', { class: 'num', 'aria-live': 'polite' }, calls(data.total))
    const drawing = make('div')
    const table = tableOf('Time', labels.map(({ whole }) => whole), lines)
    table.hidden = true
    const toggle = make('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' }, 'As a table')
    toggle.addEventListener('click', () => {
      table.hidden = !table.hidden
      drawing.hidden = !table.hidden
      toggle.setAttribute('aria-pressed', String(!table.hidden))
    })
    chartBox.replaceChildren(make('div', { class: 'stats-head' }, told, toggle), drawing, table, make('div', { class: 'stats-head above' }, legend))
    const paint = () => drawing.replaceChildren(bars(lines, labels, tone, drawing.clientWidth || 640, (text) => (told.textContent = text || calls(data.total))))
    paint()
    let waiting = 0
    new ResizeObserver(() => {
      cancelAnimationFrame(waiting)
      waiting = requestAnimationFrame(() => drawing.clientWidth > 0 && paint())
    }).observe(drawing)
  }

  function bars(lines, labels, tone, width, say) {
    const height = 240
    const left = 44
    const bottom = 24
    const sums = labels.map((_, slot) => lines.reduce((sum, { values }) => sum + values[slot], 0))
    const top = niceTop(Math.max(...sums))
    const y = (value) => (height - bottom) * (1 - value / top) + 6 * (value / top)
    const step = (width - left) / labels.length
    const bar = Math.max(1, Math.min(56, step * 0.72))
    const svg = draw('svg', { class: 'stats-chart', viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Calls over time, one stop for each bar' })
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(draw('line', { class: 'grid', x1: left, x2: width, y1: y(top * share), y2: y(top * share) }))
      svg.append(draw('text', { class: 'tick', x: left - 8, y: y(top * share) + 4, 'text-anchor': 'end' }, short.format(top * share)))
    }
    const every = Math.ceil(labels.length / Math.max(2, Math.floor((width - left) / 72)))
    const stops = []
    labels.forEach(({ axis, whole }, slot) => {
      const words = `${whole}: ${calls(sums[slot])}${sums[slot] > 0 ? ` (${lines.filter(({ values }) => values[slot] > 0).map(({ name, values }) => `${name} ${number.format(values[slot])}`).join(', ')})` : ''}`
      const stop = draw('g', { role: 'img', 'aria-label': words, tabindex: slot === labels.length - 1 ? '0' : '-1' })
      stop.append(draw('title', {}, words))
      stop.append(draw('rect', { class: 'slot', x: left + slot * step, y: 0, width: step, height: height - bottom }))
      let under = 0
      lines.forEach((line, index) => {
        const value = line.values[slot]
        if (value === 0) return
        stop.append(draw('rect', { class: tone(line, index), x: left + slot * step + (step - bar) / 2, y: y(under + value), width: bar, height: Math.max(0.5, y(under) - y(under + value)) }))
        under += value
      })
      stop.addEventListener('mouseenter', () => say(words))
      stop.addEventListener('mouseleave', () => say(''))
      stop.addEventListener('focus', () => say(words))
      stop.addEventListener('blur', () => say(''))
      stops.push(stop)
      svg.append(stop)
      if (slot % every === 0) svg.append(draw('text', { class: 'tick', x: left + slot * step + step / 2, y: height - 6, 'text-anchor': 'middle' }, axis))
    })
    walk(svg, stops, (at, key) => ({ ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: stops.length - 1 })[key])
    return svg
  }

  /** One tab stop for many things; arrow keys go on from there. */
  function walk(box, stops, nextOf) {
    box.addEventListener('keydown', (event) => {
      const at = stops.indexOf(document.activeElement)
      const next = nextOf(at, event.key)
      if (at < 0 || next === undefined || event.metaKey || event.ctrlKey || event.altKey) return
      event.preventDefault()
      const stop = stops[Math.min(stops.length - 1, Math.max(0, next))]
      stops[at].setAttribute('tabindex', '-1')
      stop.setAttribute('tabindex', '0')
      stop.focus()
    })
  }

  function showHours({ heat_map: map }) {
    const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
    const hour = (at) => `${String(at).padStart(2, '0')}:00`
    const most = Math.max(...map.flat())
    const words = (day, at) => `${days[day]} ${hour(at)}: ${calls(map[day][at])}`
    let busiest = null
    map.forEach((hours, day) => hours.forEach((value, at) => value > 0 && value === most && (busiest ??= words(day, at))))
    const told = make('p', { class: 'num', 'aria-live': 'polite' }, busiest ? `Busiest: ${busiest}` : 'No call in this time.')
    const say = (text) => (told.textContent = text || (busiest ? `Busiest: ${busiest}` : 'No call in this time.'))
    const stops = []
    const grid = make('div', { class: 'hours', role: 'grid', 'aria-labelledby': 'hours', 'aria-readonly': 'true' })
    map.forEach((hours, day) => {
      const row = make('div', { role: 'row' }, make('span', { class: 'day', role: 'rowheader', 'aria-label': days[day] }, days[day].slice(0, 3)))
      hours.forEach((value, at) => {
        const level = value === 0 ? 0 : Math.min(5, Math.ceil((value / most) * 5))
        const cell = make('span', { class: `cell l${level}`, role: 'gridcell', tabindex: day === 0 && at === 9 ? '0' : '-1', 'aria-label': words(day, at), title: words(day, at), 'data-day': day, 'data-hour': at, 'data-value': value })
        cell.addEventListener('mouseenter', () => say(words(day, at)))
        cell.addEventListener('focus', () => say(words(day, at)))
        cell.addEventListener('blur', () => say(''))
        stops.push(cell)
        row.append(cell)
      })
      grid.append(row)
    })
    grid.addEventListener('mouseleave', () => say(''))
    grid.append(make('div', { 'aria-hidden': 'true' }, make('span'), ...[0, 3, 6, 9, 12, 15, 18, 21].map((at) => make('span', { class: 'hour' }, String(at).padStart(2, '0')))))
    walk(grid, stops, (at, key) => {
      const [first, last] = [at - (at % 24), at - (at % 24) + 23]
      return { ArrowLeft: Math.max(first, at - 1), ArrowRight: Math.min(last, at + 1), ArrowUp: at >= 24 ? at - 24 : at, ArrowDown: at < 144 ? at + 24 : at, Home: first, End: last }[key]
    })
    const table = tableOf('Hour', Array.from({ length: 24 }, (_, at) => hour(at)), days.map((name, day) => ({ name, values: map[day] })))
    table.hidden = true
    const toggle = make('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' }, 'As a table')
    toggle.addEventListener('click', () => {
      table.hidden = !table.hidden
      grid.hidden = !table.hidden
      toggle.setAttribute('aria-pressed', String(!table.hidden))
    })
    const legend = make('span', { class: 'hours-legend num' }, '0 ', ...[0, 1, 2, 3, 4, 5].map((level) => make('i', { class: `l${level}`, 'aria-hidden': 'true' })), ` ${number.format(most)}`)
    hoursBox.replaceChildren(make('div', { class: 'stats-head' }, told, toggle), grid, table, make('div', { class: 'stats-head above' }, legend))
  }

  function tableOf(first, rows, columns) {
    const head = make('tr', {}, make('th', { scope: 'col' }, first), ...columns.map(({ name }) => make('th', { scope: 'col', class: 'number' }, name)))
    const body = rows.map((label, at) => make('tr', {}, make('th', { scope: 'row' }, label), ...columns.map(({ values }) => make('td', { class: 'number' }, number.format(values[at])))))
    return make('div', { class: 'stats-table', tabindex: '0', role: 'region', 'aria-label': `${first} and calls` }, make('table', { class: 'table' }, make('thead', {}, head), make('tbody', {}, ...body)))
  }
})()
