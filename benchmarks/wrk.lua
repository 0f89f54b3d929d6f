-- With WRK_TOKEN in the environment, posts; else gets. At the end prints the counts as JSON.

local token = os.getenv("WRK_TOKEN")
if token then
    wrk.method = "POST"
    wrk.headers["Authorization"] = "Bearer " .. token
    wrk.headers["Content-Type"] = "application/json"
    wrk.body = '{"target": "https://example.org/benchmark"}'
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "duration": %d, "errors": '
            .. '{"status": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}}\n',
        summary.requests, summary.duration,
        errors.status, errors.connect, errors.read, errors.write, errors.timeout
    ))
end
