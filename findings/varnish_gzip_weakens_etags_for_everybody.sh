#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Varnish 7.1 (Debian 12): where it compresses what it stores, a client that asks for no compression gets a weak entity
# tag for the origin's strong one, with the very bytes that the origin sent.
#
# With `set beresp.do_gzip = true` an answer is stored compressed and unpacked again for a client that takes only
# identity. The tag W/"…" that it was given when it was packed stays, though body and length are the origin's. So a client
# that reads through such a cache and never heard of gzip has no tag that If-Match can match (RFC 9110 section 13.1.1
# compares strongly): its conditional writes are refused for as long as it reads through that cache.
set -euo pipefail

varnish=7.1.1-2+deb12u1
jemalloc=5.3.0-1
folder=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap stop EXIT
for tool in curl python3 gcc; do # gcc compiles the configuration, and belongs to what varnish depends on
  command -v "$tool" >/dev/null || { echo "this needs $tool" >&2 && exit 2; }
done
cd "$folder"
apt-get download -qq "varnish=$varnish" "libvarnishapi3=$varnish" "libjemalloc2=$jemalloc" 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done

cat >origin.py <<'END'
import http.server

class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_GET(self):
        body = b'{"name": "example"}' * 100
        self.send_response(200)
        self.send_header("ETag", '"7-abc"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
print(server.server_port, flush=True)
server.serve_forever()
END
python3 origin.py >port &
pids+=($!)
for _ in {1..100}; do
  [[ -s port ]] && break
  sleep 0.1
done
origin=$(<port)
cat >cache.vcl <<END
vcl 4.1;
backend origin { .host = "127.0.0.1"; .port = "$origin"; }
sub vcl_backend_response { set beresp.do_gzip = true; }
END
cache=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
libraries=$folder/root/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$libraries:$libraries/varnish root/usr/sbin/varnishd -F -j none -n "$folder/state" -a "127.0.0.1:$cache" \
  -f "$folder/cache.vcl" -p vmod_path="$libraries/varnish/vmods" >varnish.log 2>&1 &
pids+=($!)
for _ in {1..300}; do
  curl -s -o /dev/null "http://127.0.0.1:$cache/" && break
  sleep 0.1
done

# ask PORT: the tag, the coding and the bytes that a client gets that asks for identity.
ask() {
  curl -s -D head -o body -H 'Accept-Encoding: identity' "http://127.0.0.1:$1/"
  awk 'tolower($1) == "etag:" { tag = $2 } tolower($1) == "content-encoding:" { coding = $2 }
       END { gsub(/\r/, "", tag); print tag, (coding == "" ? "identity" : coding) }' head
}
direct=$(ask "$origin") && cp body direct
cached=$(ask "$cache")
echo "Varnish $(dpkg-deb -f varnish_*.deb Version)"
echo "from the origin: $direct, $(wc -c <direct) bytes"
echo "by way of the cache: $cached, $(wc -c <body) bytes"
cmp -s direct body && same=yes || same=no
[[ $direct == '"7-abc" identity' && $cached == 'W/"7-abc" identity' && $same == yes ]] || { echo "CHANGED"; exit 1; }
