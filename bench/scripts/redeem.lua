-- Redeems a cent of a random card under a fresh key each time: CARDS_FILE holds a card and an access token of its holder a line.
local cards = {}
for line in io.lines(os.getenv("CARDS_FILE")) do
  local card, token = line:match("(%S+) (%S+)")
  cards[#cards + 1] = { "/api/gift-cards/" .. card .. "/redemptions", "Bearer " .. token }
end
math.randomseed(os.time())
local run, count = os.time() .. "-" .. math.random(1, 1e9), 0
request = function()
  count = count + 1
  local card = cards[math.random(#cards)]
  local headers = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = card[2],
    ["Idempotency-Key"] = "bench-" .. run .. "-" .. count,
  }
  return wrk.format("POST", card[1], headers, '{"amount_minor":1}')
end
