// The page: a table of the groups. The original's page has its own looks.

# the page lists the groups with their labels, times and sizes
differs: the page is this gateway's own
PUT /metrics/job/x/instance/i
| a 1
| b 1
=> 200
PUT /metrics/job/y
| a 1 2
=> 400
| pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps
GET /
=> 200
Content-Type: text/html; charset=utf-8
X-Content-Type-Options: nosniff
has <p>2 groups, 6 series.</p>
has <tr><td> <code>job=&#34;x&#34;</code> <code>instance=&#34;i&#34;</code></td><td><<[0-9TZ:-]+>></td><td>never</td><td>4</td><td>4</td></tr>
has <tr><td> <code>job=&#34;y&#34;</code></td><td>never</td><td><strong>Last push failed!</strong> <<[0-9TZ:-]+>></td><td>2</td><td>2</td></tr>
ref cannot
GET /status
=> 200
has <p>2 groups, 6 series.</p>
ref cannot

# what was pushed is text on the page, never markup
differs: the page is this gateway's own
PUT /metrics/job@base64/PHNjcmlwdD4nIiY8L3NjcmlwdD4
| a 1
=> 200
GET /
=> 200
lacks <script
has <tr><td> <code>job=&#34;&lt;script&gt;&#39;&#34;&amp;&lt;/script&gt;&#34;</code></td><<.*>>
ref cannot

# the page of a gateway without groups says so
differs: the page is this gateway's own
GET /
=> 200
has <p>0 groups, 0 series.</p>
ref cannot
