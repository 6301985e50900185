// What an Accept header makes of a scrape, as its Content-Type shows.
shared

# nothing that is offered: text, with the escaping named last
GET /metrics
> Accept: */*
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: text/*;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8
GET /metrics
> Accept: text/plain;version=1.0.0;escaping=allow-utf-8
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8
GET /metrics
> Accept: text/plain;q=0;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values
GET /metrics
> Accept: text/html;escaping=dots,image/png;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values

# what Prometheus asks for
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8
GET /metrics
> Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores

# the list is walked by q, and ends at text
GET /metrics
> Accept: text/plain;escaping=dots;q=0.1, text/html;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: text/plain;escaping=dots, text/html;escaping=values;q=0.9
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: text/plain;q=0.5, text/html;escaping=values;q=0.4
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: text/plain;q=0.5, text/html;escaping=values;q=0.6
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values
GET /metrics
> Accept: a/b;escaping=dots;q=0.4, c/d;escaping=values;q=0.5
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: a/b;escaping=dots;q=wrong, c/d;escaping=values;q=0.1
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots

# a type that is no wildcard goes before one that is
GET /metrics
> Accept: */*;escaping=dots, a/b;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: text/*;escaping=dots, a/b;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: */*;escaping=dots, text/*;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots

# with a smaller q it does so only where it comes later
GET /metrics
> Accept: */*;q=0.9;escaping=dots, a/b;q=0.5;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: a/b;q=0.5;escaping=values, */*;q=0.9;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values

# the first Accept header counts alone
GET /metrics
> Accept: a/b;escaping=dots
> Accept: a/b;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots

# parameters are taken by the letter
GET /metrics
> Accept: a/b; escaping = dots 
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: a/b;escaping="dots"
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: a/b;Escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: a/b;escaping=Dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: a/b;escaping=dots;escaping=nosuch
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: a/b;escaping=dots;escaping=
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: text/plain;version="0.0.4";escaping=dots, a/b;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values
GET /metrics
> Accept: Text/Plain;escaping=dots, a/b;escaping=values
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=values

# what is no media type is passed over
GET /metrics
> Accept: text;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: text/plain/x;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: *;escaping=dots
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots
GET /metrics
> Accept: ,, a/b;escaping=dots,
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=dots

# without an Accept header it is text
GET /metrics
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores

# each format of protobuf is named in full, with the escaping
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=allow-utf-8
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=allow-utf-8
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=dots
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=dots
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=allow-utf-8
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=allow-utf-8
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=underscores
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=dots
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=dots
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=values
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=values
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=allow-utf-8
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=allow-utf-8
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=underscores
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=dots
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=dots
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=values
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=values
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text; escaping=underscores

# protobuf or text: what is named before a wildcard, and of two named the first
GET /metrics
> Accept: */*, application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: text/plain, application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited, text/plain
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5, */*;q=0.9
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5, text/plain;q=0.6
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5, text/plain;version=1.0.0;q=0.6
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=nosuch, application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=dots
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=dots
GET /metrics
> Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=nosuch;escaping=values, application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values

# protobuf without its parameters, or with others, is not offered
GET /metrics
> Accept: application/vnd.google.protobuf
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;encoding=delimited
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.Metric;encoding=delimited
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto="io.prometheus.client.MetricFamily";encoding=delimited
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores
GET /metrics
> Accept: application/x-protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited
=> 200
Content-Type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores

# what Prometheus asks for when it takes native histograms: 2.42, then 3.5
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
GET /metrics
> Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1
=> 200
Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores
