-- Sends one prepared booking after the other: BODIES_FILE holds a JSON body a line, TOKENS_FILE an access token a line. START is
-- the line to begin with, so that no run repeats the bookings of another.
local bodies, tokens = io.open(os.getenv("BODIES_FILE")), {}
for line in io.lines(os.getenv("TOKENS_FILE")) do tokens[#tokens + 1] = line end
for _ = 1, tonumber(os.getenv("START")) do bodies:read("*l") end
local count, run = 0, os.getenv("START")
request = function()
  count = count + 1
  local headers = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. tokens[1 + count % #tokens],
    ["Idempotency-Key"] = "bench-run-" .. run .. "-" .. count,
  }
  return wrk.format("POST", "/api/bookings", headers, bodies:read("*l"))
end
