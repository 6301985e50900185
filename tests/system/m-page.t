// The page as it is served, before any script. What it looks like is this gateway's own; its words
// are the original's.

# the page is not cached, runs no script but its own, sits in no frame and tells nobody where one came from
differs: the original's page has no such headers
GET /
=> 200
Content-Type: text/html; charset=utf-8
Cache-Control: no-cache
Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'
Referrer-Policy: no-referrer
Vary: Accept-Encoding
X-Content-Type-Options: nosniff
has <title>Prometheus Pushgateway</title>
has <meta name="robots" content="noindex,nofollow">
lacks <style
lacks onclick
lacks //cdn
ref cannot

# / and /status are the same page
differs: the page is this gateway's own
GET /
=> 200
has <section id="served" aria-label="Groups as served">
GET /status
=> 200
has <section id="served" aria-label="Groups as served">
ref cannot

# the first groups are open, with help, type, time and values
differs: the page is this gateway's own
PUT /metrics/job/x/instance/i
| # HELP a One & only.
| # TYPE a gauge
| a{l="v"} 0.000000001
| a 1e21
| b 1795181115.9059544
=> 200
GET /
=> 200
has <p class="counts">1 groups, 5 series.</p>
has <summary><span class="label job">job=&#34;x&#34;</span> <span class="label instance">instance=&#34;i&#34;</span> <button type="button" class="danger" disabled>Delete Group</button></summary>
has <summary><span class="name">a</span> <span class="help">One &amp; only.</span> <span class="type">GAUGE</span> <span class="pushed">last pushed: <<[0-9-]+T[0-9:]+(Z|[+-][0-9:]+)>></span></summary>
has <tr><th>Labels</th><th>Value</th></tr>
has <tr><td><span class="label instance">instance=&#34;i&#34;</span> <span class="label job">job=&#34;x&#34;</span> <span class="label">l=&#34;v&#34;</span></td><td class="value">0.000000001</td></tr>
has <tr><td><span class="label instance">instance=&#34;i&#34;</span> <span class="label job">job=&#34;x&#34;</span></td><td class="value">1000000000000000000000</td></tr>
has <summary><span class="name">b</span> <span class="type">UNTYPED</span> <span class="pushed">last pushed: <<[0-9-]+T[0-9:]+(Z|[+-][0-9:]+)>></span></summary>
has <tr><td><span class="label instance">instance=&#34;i&#34;</span> <span class="label job">job=&#34;x&#34;</span></td><td class="value">1795181115.9059544</td></tr>
lacks disabled>Delete All
ref cannot

# a group whose last push failed says so
differs: the page is this gateway's own
PUT /metrics/job/y
| a 1 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
GET /
=> 200
has <summary><span class="label job">job=&#34;y&#34;</span> <strong class="failed">Last push failed!</strong> <button type="button" class="danger" disabled>Delete Group</button></summary>
PUT /metrics/job/y
| a 1
=> 200
GET /
=> 200
lacks Last push failed!
ref cannot

# summaries and histograms are rows of quantiles, buckets and totals
differs: the page is this gateway's own
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.5"} 1.5
| s_sum 4.5
| s_count 3
| # TYPE h histogram
| h_bucket{le="0.1"} 1
| h_bucket{le="+Inf"} 2
| h_sum 0.25
| h_count 2
=> 200
GET /
=> 200
has <tr><th>Quantile 0.5</th><td>1.5</td></tr>
has <tr><th>Sample Count</th><td>3</td></tr>
has <tr><th>Sample Sum</th><td>4.5</td></tr>
has <tr><th>Sample values ≤ 0.1</th><td>1</td></tr>
has <tr><th>Sample values ≤ +Inf</th><td>2</td></tr>
has <tr><th>Total sample Count</th><td>2</td></tr>
has <tr><th>Sample Sum</th><td>0.25</td></tr>
ref cannot

# what was pushed is text on the page, never markup
differs: the page is this gateway's own
PUT /metrics/job@base64/PHNjcmlwdD4nIiY8L3NjcmlwdD4
| # HELP a <img src=x>
| # TYPE a gauge
| a{l="<b>'"} 1
=> 200
GET /
=> 200
lacks <script>
lacks <img
lacks <b>
has <summary><span class="label job">job=&#34;&lt;script&gt;&#39;&#34;&amp;&lt;/script&gt;&#34;</span> <button type="button" class="danger" disabled>Delete Group</button></summary>
has <summary><span class="name">a</span> <span class="help">&lt;img src=x&gt;</span> <span class="type">GAUGE</span> <span class="pushed">last pushed: <<.*>></span></summary>
has <tr><td><span class="label instance">instance=&#34;&#34;</span><<.*>>l=&#34;&lt;b&gt;&#39;&#34;</span></td><td class="value">1</td></tr>
ref cannot

# with the admin API there is a button for all groups
differs: the page is this gateway's own
start --web.enable-admin-api
PUT /metrics/job/x
| a 1
=> 200
GET /
=> 200
has <button type="button" class="danger" disabled>Delete All 1 Groups</button>
has <body data-admin="true">
ref cannot

# the status part has the start, the build and every flag
differs: the page is this gateway's own
start --web.enable-admin-api --log.level=warn
GET /status
=> 200
has <h2>Runtime Information</h2>
has <tr><th scope="row">Started</th><td><<[0-9-]+T[0-9:.]+(Z|[+-][0-9:]+)>></td></tr>
has <h2>Build Information</h2>
has <tr><th scope="row">version</th><td><<.+>></td></tr>
has <h2>Startup Flags</h2>
has <tr><th scope="row">log.level</th><td>warn</td></tr>
has <tr><th scope="row">persistence.interval</th><td>5m0s</td></tr>
has <tr><th scope="row">web.enable-admin-api</th><td>true</td></tr>
ref cannot

# links are relative without an external URL, and begin with its path otherwise
differs: the page is this gateway's own
GET /
=> 200
has <link rel="stylesheet" href="./static/page.css?v=<<[0-9a-f]+>>">
start --web.external-url=http://example.com/a/b/ --web.route-prefix=/r
GET /r/
=> 200
has <link rel="stylesheet" href="/a/b/static/page.css?v=<<[0-9a-f]+>>">
ref cannot

# a gateway without groups has a page without groups
differs: the page is this gateway's own
GET /
=> 200
has <p class="counts">0 groups, 0 series.</p>
lacks Delete Group
ref cannot

# files have the type of their extension, without a charset
differs: the files are this gateway's own
GET /static/page.css
=> 200
Content-Type: text/css
Accept-Ranges: bytes
Last-Modified: <<date>>
X-Content-Type-Options: nosniff
Vary: Accept-Encoding
no Content-Encoding
GET /static/page.js
=> 200
Content-Type: application/javascript
GET /static/favicon.svg
=> 200
Content-Type: image/svg+xml
ref cannot

# a file that is not there is 404, and so is what lies beside /static/
GET /static/nosuch.css
=> 404
| 404 page not found
GET /page.html
=> 404
| 404 page not found

# directories are not listed
GET /static/
differs: the original lists them
=> 404
| 404 page not found
ref cannot

# files are asked again unless the link has their revision
differs: the original says nothing of caching
GET /static/page.css
=> 200
Cache-Control: no-cache
ETag: "<<[0-9a-f]+>>"
GET /static/page.css?v=old
=> 200
Cache-Control: no-cache
ref cannot

# files come deflated to those who take that, with a tag of their own
differs: the original does not compress
GET /static/page.js
> Accept-Encoding: gzip
=> 200
Content-Encoding: gzip
ETag: "<<[0-9a-f]+>>-gzip"
ref cannot

# a client that has the file is told so
differs: the files are this gateway's own
GET /static/page.css
> If-None-Match: "x", *
=> 304
empty
GET /static/page.css
> If-None-Match: "x"
=> 200
GET /static/page.css
> If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT
=> 200
ref cannot

# a part of a file can be asked for
differs: the files are this gateway's own
GET /static/page.css
> Range: bytes=0-1
=> 206
|\ /*
Content-Range: bytes 0-1/<<[0-9]+>>
Content-Length: 2
GET /static/page.css
> Range: bytes=99999999-
=> 416
Content-Range: bytes */<<[0-9]+>>
| invalid range: failed to overlap
GET /static/page.css
> Range: bytes=0-1
> If-Range: "another"
=> 200
ref cannot

# behind a route prefix the files are behind it, too
differs: the files are this gateway's own
start --web.route-prefix=/p
GET /p/static/page.css
=> 200
GET /static/page.css
=> 404
ref cannot

# HEAD of a file is 405, as everywhere
HEAD /static/page.css
=> 405
empty
Allow: GET, OPTIONS

# requests of files are counted
differs: the files are this gateway's own
GET /static/page.css
=> 200
GET /metrics
=> 200
has pushgateway_http_requests_total{code="200",handler="static",method="get"} 1
ref cannot
