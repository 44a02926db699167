"""What happens to the shared frontier, each step as one script: Redis runs a script whole or not at all.

Keys of one crawl, behind its prefix:

    seen          set      fingerprints of all requests ever kept
    last          number   the last id given out
    request       hash     id -> instant and request, while it waits or is in flight
    interrupted   set      ids that were in flight when their site was given back, or its lease ran out
    ready         zset     sites with waiting requests that nobody holds -> since when
    leases        zset     sites that a worker holds -> until when
    owners        hash     site -> worker
    held          hash     worker -> how many sites it holds
    workers       zset     workers -> until when they count as alive
    idle          zset     workers that ask for sites in vain -> until when they count as idle
    waiting:SITE  zset     ids -> order (priority, then age)
    out:SITE      zset     ids in flight, by the site's holder -> order
    next:HOST     number   when the host may be asked again; expires by itself

Instants are milliseconds of the server's clock, the one clock that all workers share.
"""

from __future__ import annotations

from typing import Final

_COMMON: Final = """
local P = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function make_ready(site)
    if redis.call('EXISTS', P .. 'waiting:' .. site) == 1 and not redis.call('HGET', P .. 'owners', site) then
        redis.call('ZADD', P .. 'ready', 'NX', now, site)
    end
end

local function drop_lease(site)
    local owner = redis.call('HGET', P .. 'owners', site)
    redis.call('ZREM', P .. 'leases', site)
    redis.call('HDEL', P .. 'owners', site)
    if owner and redis.call('HINCRBY', P .. 'held', owner, -1) <= 0 then
        redis.call('HDEL', P .. 'held', owner)
    end
    make_ready(site)
end

local function put_back(site)
    local rows = redis.call('ZRANGE', P .. 'out:' .. site, 0, -1, 'WITHSCORES')
    for i = 1, #rows, 2 do
        redis.call('ZADD', P .. 'waiting:' .. site, rows[i + 1], rows[i])
        redis.call('SADD', P .. 'interrupted', rows[i])
    end
    redis.call('DEL', P .. 'out:' .. site)
end

local function sweep()
    for _, site in ipairs(redis.call('ZRANGEBYSCORE', P .. 'leases', '-inf', now, 'LIMIT', 0, 20)) do
        put_back(site)
        drop_lease(site)
    end
    redis.call('ZREMRANGEBYSCORE', P .. 'workers', '-inf', now)
    redis.call('ZREMRANGEBYSCORE', P .. 'idle', '-inf', now)
end

-- How many sites a worker may hold: its part while others stand idle, else all.
local function share(worker)
    local others = redis.call('ZCARD', P .. 'idle')
    if redis.call('ZSCORE', P .. 'idle', worker) then others = others - 1 end
    if others <= 0 then return 1e9 end
    local sites = redis.call('ZCARD', P .. 'ready') + redis.call('ZCARD', P .. 'leases')
    return math.ceil(sites / math.max(1, redis.call('ZCARD', P .. 'workers')))
end

local function keep(site, priority, request, id)
    if not id then id = redis.call('INCR', P .. 'last') end
    redis.call('HSET', P .. 'request', id, request)
    redis.call('ZADD', P .. 'waiting:' .. site, id - priority * 1e12, id)
    make_ready(site)
end

local function add(at, count, worker, mine)
    for i = at, at + count * 4 - 1, 4 do
        if redis.call('SADD', P .. 'seen', ARGV[i]) == 1 then
            local site = ARGV[i + 1]
            keep(site, tonumber(ARGV[i + 2]), ARGV[i + 3])
            if redis.call('HGET', P .. 'owners', site) == worker then mine[site] = (mine[site] or 0) + 1 end
        end
    end
    return at + count * 4
end

local function pairs_of(mine)
    local flat = {}
    for site, count in pairs(mine) do
        flat[#flat + 1] = site
        flat[#flat + 1] = count
    end
    return flat
end

local function take(site, most, rows)
    local popped = redis.call('ZPOPMIN', P .. 'waiting:' .. site, most)
    for i = 1, #popped, 2 do
        redis.call('ZADD', P .. 'out:' .. site, popped[i + 1], popped[i])
        rows[#rows + 1] = popped[i]
        rows[#rows + 1] = redis.call('SISMEMBER', P .. 'interrupted', popped[i])
        rows[#rows + 1] = redis.call('HGET', P .. 'request', popped[i]) or ''
    end
    return rows
end
"""

# worker, life -> how many sites are ready or held, how many others are at it, seconds until what was seen is forgotten
OPEN: Final = (
    _COMMON
    + """
sweep()
local others = redis.call('ZCARD', P .. 'workers')
redis.call('ZADD', P .. 'workers', now + ARGV[2], ARGV[1])
local left = redis.call('TTL', P .. 'seen')
return {redis.call('ZCARD', P .. 'ready') + redis.call('ZCARD', P .. 'leases'), others, left}
"""
)

# worker, count, (fingerprint, site, priority, request)... -> (site, how many more)... of those that the worker holds
ADD: Final = (
    _COMMON
    + """
local mine = {}
local before = redis.call('SCARD', P .. 'seen')
add(3, tonumber(ARGV[2]), ARGV[1], mine)
if redis.call('SCARD', P .. 'seen') > before then
    for _, name in ipairs({'seen', 'last'}) do redis.call('PERSIST', P .. name) end
end
return pairs_of(mine)
"""
)

# worker, life, most, patience -> nothing, or site, (id, interrupted, request)...
LEASE: Final = (
    _COMMON
    + """
sweep()
redis.call('ZADD', P .. 'workers', now + ARGV[2], ARGV[1])
local first = redis.call('ZRANGE', P .. 'ready', 0, 0, 'WITHSCORES')
local held = tonumber(redis.call('HGET', P .. 'held', ARGV[1]) or 0)
if #first == 0 or (held >= share(ARGV[1]) and now - first[2] < tonumber(ARGV[4])) then
    redis.call('ZADD', P .. 'idle', now + ARGV[4], ARGV[1])
    redis.call('PEXPIRE', P .. 'idle', 10 * ARGV[4])
    return {}
end
local site = first[1]
redis.call('ZREM', P .. 'ready', site)
if redis.call('EXISTS', P .. 'waiting:' .. site) == 0 then return {} end
redis.call('ZREM', P .. 'idle', ARGV[1])
redis.call('ZADD', P .. 'leases', now + ARGV[2], site)
redis.call('HSET', P .. 'owners', site, ARGV[1])
redis.call('HINCRBY', P .. 'held', ARGV[1], 1)
local rows = take(site, tonumber(ARGV[3]), {site, 0})
rows[2] = redis.call('ZCARD', P .. 'waiting:' .. site)
return rows
"""
)

# worker, site, most -> (id, interrupted, request)...
TAKE: Final = (
    _COMMON
    + """
if redis.call('HGET', P .. 'owners', ARGV[2]) ~= ARGV[1] then return {} end
return take(ARGV[2], tonumber(ARGV[3]), {})
"""
)

# worker, (site, id, site to try again at or '', priority, request, count, (fingerprint, site, priority, request)...)...
# A page whose lease was lost is its new holder's: what is said of it here counts for nothing.
ACKNOWLEDGE: Final = (
    _COMMON
    + """
local worker, mine, at = ARGV[1], {}, 2
while at <= #ARGV do
    local site, id, again, count = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 5])
    local links = at + 6
    at = links + count * 4
    if redis.call('HGET', P .. 'owners', site) == worker and redis.call('ZREM', P .. 'out:' .. site, id) == 1 then
        redis.call('HDEL', P .. 'request', id)
        redis.call('SREM', P .. 'interrupted', id)
        if again ~= '' then
            keep(again, tonumber(ARGV[links - 3]), ARGV[links - 2], tonumber(id))
            if redis.call('HGET', P .. 'owners', again) == worker then mine[again] = (mine[again] or 0) + 1 end
        end
        add(links, count, worker, mine)
    end
end
return pairs_of(mine)
"""
)

# worker, life, site... -> its share of sites, then how many requests wait at each site; -1 where the lease was lost
RENEW: Final = (
    _COMMON
    + """
redis.call('ZADD', P .. 'workers', now + ARGV[2], ARGV[1])
local said = {}
for i = 3, #ARGV do
    if redis.call('HGET', P .. 'owners', ARGV[i]) == ARGV[1] then
        redis.call('ZADD', P .. 'leases', now + ARGV[2], ARGV[i])
        said[#said + 1] = redis.call('ZCARD', P .. 'waiting:' .. ARGV[i])
    else
        said[#said + 1] = -1
    end
end
sweep()
table.insert(said, 1, share(ARGV[1]))
return said
"""
)

# worker, site, whether though requests wait, (host, milliseconds)... -> how many requests wait, when it is still held
# Whoever comes next leaves the hosts alone for as long as this worker would have.
RELEASE: Final = (
    _COMMON
    + """
if redis.call('HGET', P .. 'owners', ARGV[2]) ~= ARGV[1] then return 0 end
put_back(ARGV[2])
local waiting = redis.call('ZCARD', P .. 'waiting:' .. ARGV[2])
if waiting > 0 and ARGV[3] ~= '1' then return waiting end
for i = 4, #ARGV, 2 do
    local at = math.max(now + ARGV[i + 1], tonumber(redis.call('GET', P .. 'next:' .. ARGV[i]) or 0))
    if at > now then redis.call('SET', P .. 'next:' .. ARGV[i], at, 'PX', at - now) end
end
drop_lease(ARGV[2])
return 0
"""
)

# worker, site, host, delay in milliseconds -> 0 to go now, milliseconds to wait, -1 when another worker holds the site
TURN: Final = (
    _COMMON
    + """
local owner = redis.call('HGET', P .. 'owners', ARGV[2])
if owner and owner ~= ARGV[1] then return -1 end
local at = tonumber(redis.call('GET', P .. 'next:' .. ARGV[3]) or 0)
if at > now then return at - now end
local delay = tonumber(ARGV[4])
if delay > 0 then redis.call('SET', P .. 'next:' .. ARGV[3], now + delay, 'PX', delay) end
return 0
"""
)

# host, milliseconds: leave a host alone
HOLD: Final = (
    _COMMON
    + """
local at = math.max(now + ARGV[2], tonumber(redis.call('GET', P .. 'next:' .. ARGV[1]) or 0))
redis.call('SET', P .. 'next:' .. ARGV[1], at, 'PX', at - now)
"""
)

# seconds to keep what was seen of a crawl that came to its end -> whether it did
FINISH: Final = (
    _COMMON
    + """
if redis.call('ZCARD', P .. 'ready') + redis.call('ZCARD', P .. 'leases') > 0 then return 0 end
for _, name in ipairs({'seen', 'last', 'interrupted', 'request'}) do redis.call('EXPIRE', P .. name, ARGV[1]) end
return 1
"""
)
