-- Reads the ids from IDS_FILE (one a line) and asks for the profile of a random one each time.
local ids = {}
for line in io.lines(os.getenv("IDS_FILE")) do ids[#ids + 1] = line end
math.randomseed(os.time())
request = function() return wrk.format("GET", "/api/celebrities/" .. ids[math.random(#ids)]) end
