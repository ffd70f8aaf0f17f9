/*
 * The viewer of API references. `SwaggerUI(options)` shows the document at `options.url` in the element
 * `options.dom_id`; pages with `.active-docs[data-spec]` are served by themselves. Calls go through the portal, so that
 * no API has to allow this site, and carry the reader's own key.
 */
(function () {
  'use strict'

  var loading = {}

  function loadScript(url) {
    loading[url] = loading[url] || new Promise(function (resolve, reject) {
      var script = document.createElement('script')
      script.src = url
      script.onload = resolve
      script.onerror = function () { delete loading[url]; reject(new Error('The viewer could not be loaded. Reload the page to try again.')) }
      document.head.appendChild(script)
    })
    return loading[url]
  }

  function loadStyle(url) {
    if (loading[url]) return loading[url]
    loading[url] = new Promise(function (resolve) {
      var link = document.createElement('link')
      link.rel = 'stylesheet'
      link.href = url
      link.onload = link.onerror = resolve
      // First in line, so that the theme's own rules count.
      document.head.insertBefore(link, document.head.firstChild)
    })
    return loading[url]
  }

  function systemNameOf(url) {
    var match = /\/(?:swagger\/spec|api_docs\/services)\/([^/?#]+?)(?:\.json)?(?:[?#]|$)/.exec(String(url || ''))
    return match ? decodeURIComponent(match[1]) : null
  }

  function readConfig(systemName) {
    return fetch('/docs/' + encodeURIComponent(systemName) + '/viewer.json', { credentials: 'same-origin', headers: { accept: 'application/json' } }).then(function (answer) {
      if (!answer.ok) throw new Error('This document is not here any more.')
      return answer.json()
    })
  }

  // Calls through the portal

  function base64Of(buffer) {
    var bytes = new Uint8Array(buffer)
    var text = ''
    for (var at = 0; at < bytes.length; at += 32768) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768))
    return btoa(text)
  }

  function bytesOf(base64) {
    var text = atob(base64)
    var bytes = new Uint8Array(text.length)
    for (var at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
    return bytes
  }

  function notSent(message) {
    var error = new Error(message)
    error.name = 'Not sent'
    return error
  }

  /** Number of the server the address belongs to, and what follows it: the longest one that fits. */
  function splitAddress(config, url) {
    var address = String(url).split('#')[0]
    var best = -1
    config.servers.forEach(function (server, index) {
      var base = server.replace(/\/$/, '')
      if (address.indexOf(base) !== 0 || !/^([/?]|$)/.test(address.slice(base.length))) return
      if (best === -1 || server.length > config.servers[best].length) best = index
    })
    return best === -1 ? null : { index: best, path: address.slice(config.servers[best].replace(/\/$/, '').length) }
  }

  function bodyOf(request, headers) {
    var body = request.body
    if (body === undefined || body === null || body === '') return Promise.resolve(null)
    var isForm = body instanceof FormData || body instanceof URLSearchParams
    if (typeof body === 'object' && !isForm && !(body instanceof Blob) && !(body instanceof ArrayBuffer) && !ArrayBuffer.isView(body)) body = JSON.stringify(body)
    var made = new Request(location.href, { method: 'POST', body: body })
    // The boundary of a form is known only now.
    if (isForm) headers['content-type'] = made.headers.get('content-type')
    return made.arrayBuffer().then(base64Of)
  }

  function tryCall(config, url, request) {
    var place = splitAddress(config, url)
    if (!place) return Promise.reject(notSent('Calls from this page go to ' + (config.servers.join(', ') || 'no address yet') + ' only.'))
    var headers = {}
    Object.keys(request.headers || {}).forEach(function (name) { headers[name.toLowerCase()] = String(request.headers[name]) })
    return bodyOf(request, headers)
      .then(function (body) {
        var call = { server_index: place.index, method: request.method || 'GET', path: place.path, headers: Object.entries(headers), body: body }
        return fetch(config.try_url, {
          method: 'POST',
          credentials: 'same-origin',
          headers: { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': config.csrf_token },
          body: JSON.stringify(call),
        })
      })
      .then(function (answer) {
        return answer.json().catch(function () { throw notSent('The portal gave no answer that can be read. Reload the page and try again.') }).then(function (reply) {
          if (!answer.ok) throw notSent((reply.error && reply.error.message) || 'The call was not sent.')
          return responseOf(reply)
        })
      })
  }

  /** The answer of the API, out of its envelope. */
  function responseOf(reply) {
    var headers = new Headers()
    reply.headers.forEach(function (pair) {
      try { headers.append(pair[0], pair[1]) } catch (error) { /* a header no browser would show */ }
    })
    // Without a type a viewer would guess one, and markup must stay text.
    if (!headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8')
    var bodiless = [101, 204, 205, 304].indexOf(reply.status) !== -1
    var body = bodiless ? null : reply.encoding === 'base64' ? bytesOf(reply.body) : reply.body
    return new Response(body, { status: reply.status === 101 ? 200 : reply.status, headers: headers })
  }

  // The viewer

  function fillKeys(ui, application) {
    if (!application) return
    Object.keys(application.values).forEach(function (id) {
      var value = application.values[id]
      if (Array.isArray(value)) { if (value[0]) ui.preauthorizeBasic(id, value[0], value[1]) }
      else if (value) ui.preauthorizeApiKey(id, value)
    })
  }

  function open(config, options) {
    followTheme()
    return Promise.all([loadScript(config.script_url), loadStyle(config.style_url)]).then(function () {
      return new Promise(function (resolve) {
        var mayTry = config.signed_in && config.callable
        var ui = window.SwaggerUIBundle(Object.assign({
          presets: [window.SwaggerUIBundle.presets.apis],
          layout: 'BaseLayout',
          // Its own links stand inside buttons, where no keyboard finds them; our page has anchors.
          deepLinking: false,
          docExpansion: 'list',
          defaultModelsExpandDepth: 0,
          displayRequestDuration: true,
          tryItOutEnabled: mayTry,
          supportedSubmitMethods: mayTry ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] : [],
        }, options, {
          validatorUrl: null,
          queryConfigEnabled: false,
          persistAuthorization: false,
          requestInterceptor: function (request) {
            if (!request.loadSpec) request.userFetch = function (url, sent) { return tryCall(config, url, sent) }
            return request
          },
          onComplete: function () {
            fillKeys(ui, config.applications[0])
            var root = (options && options.domNode) || document.querySelector(options && options.dom_id)
            if (root) mend(root)
            if (options && options.onComplete) options.onComplete()
            resolve(ui)
          },
        }))
      })
    })
  }

  /** Names for what has none, and a way into what scrolls, each time the viewer draws something. */
  function mend(root) {
    var waiting = false
    var each = function (selector, act) { root.querySelectorAll(selector).forEach(act) }
    var run = function () {
      waiting = false
      each('.servers select:not([aria-label])', function (select) { select.setAttribute('aria-label', 'Server') })
      each('.close-modal:not([aria-label])', function (button) { button.setAttribute('aria-label', 'Close') })
      each('.modal-btn[aria-label]', function (button) { button.removeAttribute('aria-label') })
      each('pre.curl:not([tabindex]), .highlight-code pre:not([tabindex]), .responses-inner pre:not([tabindex])', function (block) { block.tabIndex = 0 })
      each('tr[data-param-name] select:not([aria-label]), tr[data-param-name] input:not([aria-label])', function (field) { field.setAttribute('aria-label', field.closest('tr').getAttribute('data-param-name')) })
    }
    new MutationObserver(function () {
      if (waiting) return
      waiting = true
      requestAnimationFrame(run)
    }).observe(root, { childList: true, subtree: true })
    run()
  }

  /** Its dark colours hang on a class of the root. */
  function followTheme() {
    var root = document.documentElement
    var media = window.matchMedia('(prefers-color-scheme: dark)')
    var set = function () {
      var chosen = root.getAttribute('data-theme')
      var dark = chosen === 'dark' || (chosen !== 'light' && media.matches)
      if (root.classList.contains('dark-mode') !== dark) root.classList.toggle('dark-mode', dark)
    }
    if (!root.hasAttribute('data-docs-theme')) {
      root.setAttribute('data-docs-theme', '')
      media.addEventListener('change', set)
      new MutationObserver(set).observe(root, { attributes: true, attributeFilter: ['data-theme'] })
    }
    set()
  }

  /** For pages that open the viewer themselves. Gives a promise of the viewer. */
  window.SwaggerUI = function (options) {
    var systemName = systemNameOf(options && options.url)
    if (!systemName) return Promise.reject(new Error('SwaggerUI needs the url of a document of this portal.'))
    return readConfig(systemName).then(function (config) { return open(config, options) })
  }

  // Our own page

  function mount(place) {
    var list = place.querySelector('.docs-list')
    var viewer = null
    var wanted = null
    var began = false

    function begin() {
      if (began) return
      began = true
      forget()
      readConfig(place.getAttribute('data-spec'))
        .then(function (config) {
          var element = document.createElement('div')
          element.className = 'docs-viewer'
          element.hidden = true
          place.appendChild(element)
          return open(config, { url: config.spec_url, domNode: element }).then(function (ui) {
            showCaller(place, config, ui)
            return settled(element, function () { show(element) })
          })
        })
        .catch(function (error) { tell(place, error.message) })
    }

    /** The list makes way once the operations are drawn. */
    function show(element) {
      viewer = element
      if (list) list.hidden = true
      element.hidden = false
      showFilter(place, element)
      keepAddress(place, element)
      if (wanted) openOperation(element, wanted)
    }

    var signs = ['pointermove', 'pointerdown', 'touchstart', 'keydown', 'scroll', 'focusin']
    function forget() { signs.forEach(function (name) { window.removeEventListener(name, begin) }) }

    function follow(hash) {
      var item = hash.length > 1 && list ? document.getElementById(decodeURIComponent(hash.slice(1))) : null
      if (!item || !list.contains(item)) return
      wanted = { method: item.getAttribute('data-method'), path: item.getAttribute('data-path') }
      if (viewer) openOperation(viewer, wanted)
      else begin()
    }

    if (list) {
      list.addEventListener('click', function (event) {
        var link = event.target.closest('a[href^="#"]')
        if (link) follow(link.getAttribute('href'))
      })
      window.addEventListener('hashchange', function () { follow(location.hash) })
      follow(location.hash)
    }
    // Reading needs no viewer; it comes with the first sign that somebody wants more, and at once for partners.
    if (place.hasAttribute('data-eager') || location.hash) begin()
    else signs.forEach(function (name) { window.addEventListener(name, begin, { passive: true }) })
  }

  /** Resolves when the first operation is drawn, or after five seconds for a document that has none to draw. */
  function settled(element, then) {
    return new Promise(function (resolve) {
      var until = Date.now() + 5000
      ;(function look() {
        if (element.querySelector('.opblock') || Date.now() > until) { then(); resolve() } else setTimeout(look, 30)
      })()
    })
  }

  function openOperation(element, wanted) {
    var paths = element.querySelectorAll('.opblock-' + wanted.method + ' .opblock-summary-path')
    for (var at = 0; at < paths.length; at++) {
      if (paths[at].getAttribute('data-path') !== wanted.path) continue
      var block = paths[at].closest('.opblock')
      var control = block.querySelector('.opblock-summary-control')
      if (!block.classList.contains('is-open')) control.click()
      control.focus({ preventScroll: true })
      block.scrollIntoView({ block: 'start' })
      return
    }
  }

  /** The address names the operation that was opened last: it can be sent to somebody. */
  function keepAddress(place, element) {
    element.addEventListener('click', function (event) {
      var control = event.target.closest('.opblock-summary-control')
      if (!control || control.getAttribute('aria-expanded') === 'true') return
      var method = (/opblock-(get|put|post|delete|options|head|patch)\b/.exec(control.closest('.opblock').className) || [])[1]
      var path = control.querySelector('.opblock-summary-path').getAttribute('data-path')
      place.querySelectorAll('.docs-op').forEach(function (item) {
        if (item.getAttribute('data-method') === method && item.getAttribute('data-path') === path) history.replaceState(history.state, '', '#' + item.id)
      })
    })
  }

  function showFilter(place, element) {
    var field = place.querySelector('.docs-filter')
    if (!field || element.querySelectorAll('.opblock').length < 8) return
    field.hidden = false
    field.querySelector('input').addEventListener('input', function (event) {
      var words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean)
      element.querySelectorAll('.opblock').forEach(function (block) {
        var text = block.querySelector('.opblock-summary').textContent.toLowerCase()
        var row = block.closest('.operation-tag-content > span') || block
        row.hidden = !words.every(function (word) { return text.indexOf(word) !== -1 })
      })
      element.querySelectorAll('.opblock-tag-section').forEach(function (section) {
        section.hidden = words.length > 0 && !Array.prototype.some.call(section.querySelectorAll('.opblock'), function (block) { return !(block.closest('.operation-tag-content > span') || block).hidden })
      })
    })
  }

  /** Whose key the calls carry; a choice where there are several. */
  function showCaller(place, config, ui) {
    var caller = place.querySelector('.docs-caller')
    if (!caller || !config.signed_in || !config.callable) return
    caller.textContent = ''
    if (config.applications.length === 0) {
      caller.append('You have no live application for this API yet. ')
      var link = document.createElement('a')
      link.href = '/admin/applications/new'
      link.textContent = 'Create one'
      caller.append(link, ' to try calls with its key.')
    } else if (config.applications.length === 1) {
      caller.append('Calls carry the key of ')
      var name = document.createElement('b')
      name.textContent = config.applications[0].name
      caller.append(name, ' and count towards its limits.')
    } else {
      var label = document.createElement('label')
      label.textContent = 'Calls carry the key of '
      var select = document.createElement('select')
      config.applications.forEach(function (application, index) { select.add(new Option(application.name, String(index))) })
      select.addEventListener('change', function () { fillKeys(ui, config.applications[Number(select.value)]) })
      label.append(select)
      caller.append(label)
    }
  }

  function tell(place, text) {
    var message = document.createElement('p')
    message.className = 'message danger'
    message.setAttribute('role', 'alert')
    message.textContent = text
    place.insertBefore(message, place.firstChild)
  }

  function start() { document.querySelectorAll('.active-docs[data-spec]').forEach(mount) }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start)
  else start()
})()
