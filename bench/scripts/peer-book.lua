-- Books random half hours of random celebrities of the peer, far enough in the future that few meet.
math.randomseed(os.time())
local token = os.getenv("TOKEN")
request = function()
  local day = string.format("%d-%02d-%02dT%02d", math.random(2030, 2290), math.random(1, 12), math.random(1, 28), math.random(0, 22))
  local body = string.format('{"celebrityId":%d,"startsAt":"%s:00:00Z","endsAt":"%s:30:00Z"}', math.random(1, 2000), day, day)
  return wrk.format("POST", "/api/bookings", { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }, body)
end
