-- Logs random people in: EMAIL is a pattern such as `user%d@example.test` for 1 to PEOPLE, all with PASSWORD.
math.randomseed(os.time())
local pattern, people, password = os.getenv("EMAIL"), tonumber(os.getenv("PEOPLE")), os.getenv("PASSWORD")
request = function()
  local body = string.format('{"email":"' .. pattern .. '","password":"%s"}', math.random(people), password)
  return wrk.format("POST", "/api/auth/login", { ["Content-Type"] = "application/json" }, body)
end
