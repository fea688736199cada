-- Redeems a cent of a random one of the peer's first CARDS cards under a fresh key each time.
math.randomseed(os.time())
local token, cards, run, count = os.getenv("TOKEN"), tonumber(os.getenv("CARDS")), math.random(1, 1e9), 0
request = function()
  count = count + 1
  local headers = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. token,
    ["Idempotency-Key"] = "bench-" .. os.time() .. "-" .. run .. "-" .. count,
  }
  return wrk.format("POST", "/api/gift-cards/" .. math.random(cards) .. "/redemptions", headers, '{"amountCents":1}')
end
