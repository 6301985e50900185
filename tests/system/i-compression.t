// Content-Encoding of scrapes. (Which Accept-Encoding asks for what: tests/unit/http/test_accept_encoding.c.)

# a scrape that asks for gzip gets it, and says so
GET /metrics
> Accept-Encoding: gzip
=> 200
Content-Encoding: gzip
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
no Vary
GET /metrics
> Accept-Encoding: deflate, gzip;q=1.0, *;q=0.5
=> 200
Content-Encoding: gzip

# a scrape that asks for nothing, or likes identity as well, gets the text
GET /metrics
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: *
=> 200
no Content-Encoding
GET /metrics
> Accept-Encoding: gzip, identity
=> 200
no Content-Encoding
GET /metrics
> Accept-Encoding: GZIP
=> 200
no Content-Encoding

# all lines of Accept-Encoding count
GET /metrics
> Accept-Encoding: br
> Accept-Encoding: gzip
=> 200
Content-Encoding: gzip

# a parameter that is no q ends its line
GET /metrics
> Accept-Encoding: gzip;level=1, gzip
=> 200
no Content-Encoding
GET /metrics
> Accept-Encoding: gzip;level=1
> Accept-Encoding: gzip
=> 200
Content-Encoding: gzip

# a scrape that wants nothing gets the text all the same
GET /metrics
> Accept-Encoding: identity;q=0, gzip;q=0
=> 200
no Content-Encoding
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores

# HTTP/1.0 is compressed too
GET /metrics HTTP/1.0
> Accept-Encoding: gzip
=> HTTP/1.0 200
Content-Encoding: gzip

# zstd is for who names it and wants it more than the others
differs: the reference does not know it
GET /metrics
> Accept-Encoding: zstd
=> 200
Content-Encoding: zstd
ref=> 200
no Content-Encoding
GET /metrics
> Accept-Encoding: gzip;q=0.5, zstd
=> 200
Content-Encoding: zstd
ref=> 200
Content-Encoding: gzip

# gzip and zstd wanted alike is gzip
GET /metrics
> Accept-Encoding: gzip, deflate, br, zstd
=> 200
Content-Encoding: gzip
GET /metrics
> Accept-Encoding: zstd, gzip
=> 200
Content-Encoding: gzip

# errors and the other pages are never compressed
GET /nosuch
> Accept-Encoding: gzip
=> 404
no Content-Encoding
GET /-/healthy
> Accept-Encoding: gzip
=> 200
no Content-Encoding

# a scrape that fails is not compressed
start --push.disable-consistency-check
PUT /metrics/job/a
| # TYPE x counter
| x 1
=> 202
PUT /metrics/job/b
| # TYPE x gauge
| x 1
=> 202
GET /metrics
> Accept-Encoding: gzip
=> 500
no Content-Encoding

# gunzip, Python and curl read what the identity scrape gives, with many series and with many families, also when it was kept and when some of it changed
sh
$ python3 - $GATEWAY9091 <<'SCRIPT'
$ import gzip, subprocess, sys, urllib.request, zlib
$ url = f"http://{sys.argv[1]}/metrics"
$ def push(job, text):
$     urllib.request.urlopen(urllib.request.Request(f"{url}/job/{job}", text.encode(), method="PUT"), timeout=20)
$ def pushed(text):
$     own = (b"go_", b"process_", b"pushgateway_", b"promhttp_")
$     return [l for l in text.splitlines() if not l.replace(b"# HELP ", b"").replace(b"# TYPE ", b"").startswith(own)]
$ def check():
$     plain = urllib.request.urlopen(url, timeout=20).read()
$     request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
$     answer = urllib.request.urlopen(request, timeout=20)
$     packed = answer.read()
$     assert answer.headers["Content-Encoding"] == "gzip"
$     member = zlib.decompressobj(31)
$     text = member.decompress(packed)
$     assert member.eof and not member.unused_data
$     assert pushed(text) == pushed(plain)
$     assert gzip.decompress(packed) == text
$     assert subprocess.run(["gunzip", "-c"], input=packed, stdout=subprocess.PIPE, check=True).stdout == text
$     assert len(packed) * 5 < len(plain), (len(packed), len(plain))
$     curl = subprocess.run(["curl", "-sS", "--compressed", url], stdout=subprocess.PIPE, check=True).stdout
$     assert pushed(curl) == pushed(plain)
$ push("series", "".join(f'wide{{a="{i}"}} {i * 7919 % 10007}\n' for i in range(5000)))
$ check()
$ push("families", "".join(f"# HELP family_{i} One of many.\n# TYPE family_{i} gauge\nfamily_{i} {i}\n" for i in range(3000)))
$ check()
$ check()
$ push("more", "".join(f'wide{{a="{i}x"}} {i}\n' for i in range(0, 5000, 50)))
$ check()
$ push("series", 'wide{a="1"} 2\n')
$ check()
$ SCRIPT

# a q is a 0 or a 1 and digits behind a point; a larger one wins, of equal ones identity
GET /metrics
> Accept-Encoding: gzip;q=0.5, identity;q=0.4
=> 200
Content-Encoding: gzip
no Vary
GET /metrics
> Accept-Encoding: gzip;q=0.5, identity;q=0.5
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip;q=0.4, identity;q=0.5
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip;q=1.5, identity
=> 200
Content-Encoding: gzip
no Vary
GET /metrics
> Accept-Encoding: gzip;q=0.001
=> 200
Content-Encoding: gzip
no Vary
GET /metrics
> Accept-Encoding: gzip;q=1.
=> 200
Content-Encoding: gzip
no Vary
GET /metrics
> Accept-Encoding: gzip;q=.5
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip;q=2
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip;q=
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip;q=x
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip ; q=1
=> 200
Content-Encoding: gzip
no Vary
GET /metrics
> Accept-Encoding: *;q=0.5, gzip
=> 200
Content-Encoding: gzip
no Vary
GET /metrics
> Accept-Encoding: gzip;q=0.3, *;q=0.5
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: br, deflate
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: x-gzip
=> 200
no Content-Encoding
no Vary

# what all is refused in is sent as it is
GET /metrics
> Accept-Encoding: gzip;q=0
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: identity;q=0
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: *;q=0
=> 200
no Content-Encoding
no Vary
GET /metrics
> Accept-Encoding: gzip;q=0, *;q=0
=> 200
no Content-Encoding
no Vary
