-- What the load generator asks: `create`, `check`, `flow` (both in turn), `status` or `empty`.
-- Arguments: what, customer UUID, API key, the key that codes are derived from (hexadecimal), how many
-- requests lie between a create and its check, so that the message was sent meanwhile as it is in life,
-- and for how many milliseconds each connection rests before a request, on average.

local ffi = require("ffi")
ffi.cdef [[
  const void *EVP_sha256(void);
  unsigned char *HMAC(const void *md, const void *key, int key_len, const unsigned char *d, size_t n,
                      unsigned char *out, unsigned int *out_len);
]]
local crypto = ffi.load("crypto.so.3")

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function bytes_of(hex)
  return (hex:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- HMAC-SHA-256 over the id and attempt 1, modulo 10^6, digit group by digit group.
local function code_of(uuid)
  local message = bytes_of(uuid:gsub("-", "")) .. "\0\0\0\1"
  local out = ffi.new("unsigned char[32]")
  crypto.HMAC(crypto.EVP_sha256(), code_key, #code_key, message, #message, out, nil)
  local rest = 0
  for i = 0, 31 do
    rest = (rest * 256 + out[i]) % 1000000
  end
  return string.format("%06d", rest)
end

function init(args)
  what, customer, api_key = args[1], args[2], args[3]
  code_key = bytes_of(args[4])
  lag = tonumber(args[5])
  pause = tonumber(args[6])
  made = 0
  first, last, waiting = 1, 0, {}
  answers = {}
  headers = {
    ["content-type"] = "application/json",
    ["x-api-key"] = api_key,
    ["customer-uuid"] = customer,
  }
  seed = os.time() % 1000 * 100000 + number * 50000000
end

-- Rests of random length: connections that rested alike would all ask in the same instant.
function delay()
  return pause == 0 and 0 or math.random(0, 2 * pause)
end

local function create()
  made = made + 1
  -- Strides of a prime, so that neighbours in time are no neighbours in number.
  local n = (seed + made) * 7919 % 60000000
  local tens = math.floor(n / 10000000) + 1
  local to = string.format("+336%s%07d", ("124578"):sub(tens, tens), n % 10000000)
  return wrk.format("POST", "/v1/authentication", headers,
    '{"customer_uuid":"' .. customer .. '","phone_number":"' .. to .. '"}')
end

local function check()
  local uuid = waiting[first]
  waiting[first] = nil
  first = first + 1
  return wrk.format("POST", "/v1/check", headers,
    '{"customer_uuid":"' .. customer .. '","authentication_uuid":"' .. uuid ..
    '","check_code":"' .. code_of(uuid) .. '"}')
end

function request()
  if what == "empty" then
    return wrk.format("POST", "/", headers, '{"customer_uuid":"' .. customer .. '"}')
  elseif what == "create" then
    return create()
  elseif what == "status" and last >= 100 then
    return wrk.format("GET", "/v1/authentication/" .. waiting[1 + math.random(0, 99)], headers)
  elseif what == "retry" and last >= 100 then
    return wrk.format("POST", "/v1/retry", headers, '{"customer_uuid":"' .. customer ..
      '","authentication_uuid":"' .. waiting[1 + math.random(0, 99)] .. '"}')
  elseif what == "flow" and last - first + 1 > lag then
    return check()
  end
  return create()
end

function response(status, _, body)
  local word = body:match('"status":"([a-z_]+)"') or tostring(status)
  answers[word] = (answers[word] or 0) + 1
  if word == "pending" then
    local uuid = body:match('"authentication_uuid":"([0-9a-f-]+)"')
    if uuid then
      last = last + 1
      waiting[last] = uuid
    end
  end
end

function done(summary, latency)
  local total = {}
  for _, thread in ipairs(threads) do
    for word, count in pairs(thread:get("answers") or {}) do
      total[word] = (total[word] or 0) + count
    end
  end
  io.write(string.format("RESULT requests=%d seconds=%.6f p50=%d p99=%d max=%d errors=%d",
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
  for word, count in pairs(total) do
    io.write(" answer." .. word .. "=" .. count)
  end
  io.write("\n")
end
