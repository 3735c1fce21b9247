-- For wrk: sends the requests of a file in turn. Environment: BENCH_FILE (a line is authorization, tab, body),
-- BENCH_PATH, BENCH_TYPE, BENCH_START (the first line to send), BENCH_HOT (number of hot lines at the top: every
-- other request is one of them; 0 means there are none).
local requests, hot, cursor, turn = {}, 0, 0, 0

function init()
  hot = tonumber(os.getenv('BENCH_HOT'))
  local path, kind = os.getenv('BENCH_PATH'), os.getenv('BENCH_TYPE')
  for line in io.lines(os.getenv('BENCH_FILE')) do
    local authorization, body = string.match(line, '^([^\t]*)\t(.*)$')
    local headers = { ['Content-Type'] = kind }
    if authorization ~= '' then headers['Authorization'] = authorization end
    requests[#requests + 1] = wrk.format('POST', path, headers, body)
  end
  cursor = tonumber(os.getenv('BENCH_START')) % (#requests - hot)
end

function request()
  turn = turn + 1
  if hot > 0 and turn % 2 == 0 then return requests[(turn / 2) % hot + 1] end
  local chosen = requests[hot + cursor + 1]
  cursor = (cursor + 1) % (#requests - hot)
  return chosen
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50_ms":%.4f,"p90_ms":%.4f,"p99_ms":%.4f,"non_2xx":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(90) / 1000,
    latency:percentile(99) / 1000, e.status, e.connect + e.read + e.write + e.timeout))
end
