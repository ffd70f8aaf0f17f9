/**
 * The program of a self-managed gateway, in Lua, the same for every product: it reads `config`, which stands before it.
 * Steps and refusals are those of our own gateway; what counts and who may is asked of the accounting API, call by call.
 */
export const nginxProgram = String.raw`
local function refuse(name, retry_after)
  local words = config.answers[name]
  ngx.status = words.status
  ngx.header["Content-Type"] = words.content_type
  ngx.header["Cache-Control"] = "no-store"
  if retry_after then ngx.header["Retry-After"] = retry_after end
  if words.challenge then ngx.header["WWW-Authenticate"] = words.challenge end
  ngx.print(words.body)
  return ngx.exit(ngx.HTTP_OK)
end

-- One value: nil where there is none, false where two different ones leave open which counts.
local function only(value)
  if value == nil then return nil end
  if type(value) == "table" then
    for i = 2, #value do
      if value[i] ~= value[1] then return false end
    end
    value = value[1]
  end
  if value == true then return "" end
  return value
end

local path = ngx.re.match(ngx.var.request_uri, [=[^[^?]*]=], "jo")[0]
-- Two views of one path are how rules are walked around: what is not plain is refused.
if path:sub(1, 1) ~= "/" or path:find("/%.%.?/") or path:find("/%.%.?$") or path:lower():find("%2e", 1, true) or path:find("[\\#]") then
  return refuse("bad_request")
end

local args, problem = ngx.req.get_uri_args(200)
if problem then return refuse("bad_request") end
local headers, more = ngx.req.get_headers(100)
-- What stands behind the last one we see, nobody here has looked at.
if more then return refuse("bad_request") end
local method = ngx.req.get_method()

local form = {}
if (method == "POST" or method == "PUT" or method == "PATCH") and tostring(headers["content-type"]):lower():find("application/x-www-form-urlencoded", 1, true) == 1 then
  ngx.req.read_body()
  -- Bodies that did not stay in memory are never read for parameters; those that did hold 16 KB at most.
  if ngx.req.get_body_data() then form = ngx.req.get_post_args(0) or {} end
end

-- Where the product asks for it; another value in another place leaves open which counts.
local function read(name)
  local in_header, in_query, in_form = only(rawget(headers, name:lower())), only(args[name]), only(form[name])
  local value
  if config.location == "headers" then
    value = only(headers[name:lower()])
  elseif config.location == "query" then
    value = in_query
    if value == nil then value = in_form end
  end
  if value == nil then return nil end
  for _, other in pairs({ h = in_header, q = in_query, f = in_form }) do
    if other ~= value then return false end
  end
  return value
end

local bearer
local authorization = only(headers["authorization"])
if authorization == false then return refuse("auth_failed") end
if type(authorization) == "string" then
  bearer = authorization:match("^[Bb][Ee][Aa][Rr][Ee][Rr] +(%S+)$")
end

local credentials = {}
if config.mode == "oauth" then
  local elsewhere = read(config.access_token_name)
  local token = bearer or elsewhere
  if token == nil or token == "" then return refuse("auth_missing") end
  if token == false or (elsewhere ~= nil and elsewhere ~= token) then return refuse("auth_failed") end
  credentials.access_token = token
elseif config.location == "basic" then
  local encoded = type(authorization) == "string" and authorization:match("^[Bb][Aa][Ss][Ii][Cc] +(%S+)$") or nil
  if encoded then
    local decoded = ngx.decode_base64(encoded)
    local user, password = (decoded or ""):match("^(.*):([^:]*)$")
    if not user then return refuse("auth_failed") end
    if config.mode == "user_key" then
      credentials.user_key = user ~= "" and user or password
    else
      credentials.app_id, credentials.app_key = user, password
    end
  elseif bearer and config.mode == "user_key" then
    credentials.user_key = bearer
  else
    return refuse("auth_missing")
  end
else
  for parameter, name in pairs(config.credentials) do
    local value = read(name)
    if value == nil then return refuse("auth_missing") end
    if value == false then return refuse("auth_failed") end
    credentials[parameter] = value
  end
end

local backend
for _, each in ipairs(config.backends) do
  if each.path == "/" or path == each.path or path:sub(1, #each.path + 1) == each.path .. "/" then
    backend = each
    break
  end
end
backend = backend or config.main
if not backend then return refuse("no_match") end

local function has(rule)
  for name, value in pairs(rule.query or {}) do
    local given = form[name]
    if given == nil then given = args[name] end
    if type(given) == "table" then given = given[#given] end
    if given == nil or (value ~= true and given ~= value) then return false end
  end
  return true
end

local usage, matched = {}, false
for _, rule in ipairs(config.rules) do
  if (rule.verb == "ANY" or rule.verb == method) and (rule.backend == nil or rule.backend == backend.id) and has(rule) and ngx.re.find(path, rule.regex, "jos") then
    usage[rule.metric] = (usage[rule.metric] or 0) + rule.delta
    matched = true
    if rule.last then break end
  end
end
if not matched then return refuse("no_match") end

local question = { service_token = config.service_token, service_id = config.service_id }
for name, value in pairs(credentials) do question[name] = value end
for metric, value in pairs(usage) do question["usage[" .. metric .. "]"] = value end
if config.end_users and config.mode ~= "oauth" then
  local user = only(headers[config.end_user_header:lower()])
  if user == false then return refuse("auth_failed") end
  question.user_id = user
end
local referrer = headers["referer"]
if type(referrer) == "string" then question.referrer = referrer:match("^%a+://([^/:?#*]+)") end

local verdict = ngx.location.capture(config.ask, { args = question })
if config.rate_limits then
  ngx.ctx.rate_limit = { ["RateLimit"] = verdict.header["RateLimit"], ["RateLimit-Policy"] = verdict.header["RateLimit-Policy"] }
end
if verdict.status >= 500 or verdict.status == 0 then return refuse("unavailable", 5) end
if verdict.status ~= 200 then
  if verdict.header["3scale-rejection-reason"] == "limits_exceeded" and verdict.header["3scale-limit-max-value"] ~= "0" then
    return refuse("limits_exceeded", tonumber(verdict.header["Retry-After"]))
  end
  if verdict.header["3scale-rejection-reason"] == "insufficient_scope" then return refuse("insufficient_scope") end
  return refuse("auth_failed")
end

-- What the caller may not say on our behalf, in whatever spelling.
for name in pairs(headers) do
  local plain = name:lower():gsub("_", "-")
  -- For whom a token speaks is not for its bearer to say, and we are not told.
  local claims = config.mode == "oauth" and plain == config.end_user_header:lower():gsub("_", "-")
  local hop = plain == "te" or plain == "trailer" or plain == "upgrade" or plain == "keep-alive" or plain == "proxy" or plain:find("proxy-", 1, true) == 1
  if claims or hop or plain == "x-3scale-proxy-secret-token" or plain == "x-3scale-debug" or plain == "x-real-ip" or plain == "forwarded" or plain:find("x-forwarded-", 1, true) == 1 then
    ngx.req.clear_header(name)
  end
end
ngx.req.set_header("X-3scale-proxy-secret-token", config.secret_token)
ngx.req.set_header("X-Forwarded-For", ngx.var.remote_addr)
ngx.req.set_header("X-Real-IP", ngx.var.remote_addr)
ngx.req.set_header("X-Forwarded-Host", ngx.var.http_host)
ngx.req.set_header("X-Forwarded-Proto", ngx.var.scheme)

local query = ngx.var.args
if config.strip then
  local hidden = {}
  for parameter, name in pairs(config.credentials) do
    hidden[name] = true
    if config.location == "headers" then ngx.req.clear_header(name) end
  end
  if config.mode == "oauth" or config.location == "basic" then ngx.req.clear_header("Authorization") end
  if query then
    local kept = {}
    for pair in query:gmatch("[^&]+") do
      if not hidden[ngx.unescape_uri(pair:match("^[^=]*"))] then kept[#kept + 1] = pair end
    end
    query = table.concat(kept, "&")
  end
end

local rest = path
if backend.path and backend.path ~= "/" then rest = path:sub(#backend.path + 1) end
if backend.path and rest == "" then rest = "/" end
ngx.var.gatehouse_host = backend.host
ngx.var.gatehouse_tls_name = backend.tls_name
ngx.var.gatehouse_url = backend.upstream .. backend.base .. rest .. ((query and query ~= "") and ("?" .. query) or "")
`
