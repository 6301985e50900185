// Bodies that are accepted, and what the scrape shows of them afterwards.
// Every test replaces the group {job=x}.
shared

# an empty body is a body
PUT /metrics/job/x
=> 200
GET /metrics
=> 200
pushed

# a body of blanks is an empty body
PUT /metrics/job/x
|\  \t
=> 200
GET /metrics
=> 200
pushed

# blank lines are skipped
PUT /metrics/job/x
|
|
| m 1
|
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# lines of blanks are blank lines
PUT /metrics/job/x
|\  \t \n
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# a line may begin with blanks
PUT /metrics/job/x
|\  \tm 1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# the name and the value may be separated by tabs
PUT /metrics/job/x
|\ m\t1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# the name and the value may be separated by many blanks
PUT /metrics/job/x
|\ m  \t 1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# a sample without a TYPE is untyped
PUT /metrics/job/x
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# a comment is skipped
PUT /metrics/job/x
| # a comment
| #another
| #
|\ # \n
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# HELP and TYPE are shown
PUT /metrics/job/x
| # HELP m What it is.
| # TYPE m gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m What it is.
| # TYPE m gauge
| m{instance="",job="x"} 1

# HELP may come after TYPE
PUT /metrics/job/x
| # TYPE m gauge
| # HELP m What it is.
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m What it is.
| # TYPE m gauge
| m{instance="",job="x"} 1

# HELP may come after the samples
PUT /metrics/job/x
| m 1
| # HELP m What it is.
=> 200
GET /metrics
=> 200
pushed
| # HELP m What it is.
| # TYPE m untyped
| m{instance="",job="x"} 1

# no blank is needed after the number sign
PUT /metrics/job/x
| #HELP m text
| #TYPE m gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m text
| # TYPE m gauge
| m{instance="",job="x"} 1

# blanks may surround the words of a comment
PUT /metrics/job/x
|\ \t#\t HELP \t m \t text\n
|\ # \tTYPE\t m \tgauge\n
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m text
| # TYPE m gauge
| m{instance="",job="x"} 1

# help in lower case is a plain comment
PUT /metrics/job/x
| # help m text
| # type m gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# UNIT and EOF are plain comments
PUT /metrics/job/x
| # UNIT m seconds
| m 1
| # EOF
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# HELP without a name is a plain comment
PUT /metrics/job/x
| # HELP
|\ # HELP  \n
| # TYPE
|\ # TYPE \n
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# HELP and TYPE with a name alone are plain comments
PUT /metrics/job/x
| # HELP m
| # TYPE m
| # TYPE m gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="",job="x"} 1

# HELP and TYPE with a name and a blank are plain comments
PUT /metrics/job/x
|\ # HELP m \n
|\ # TYPE m \n
| # HELP m text
| # TYPE m gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m text
| # TYPE m gauge
| m{instance="",job="x"} 1

# a HELP text keeps blanks at its end
PUT /metrics/job/x
|\ # HELP m text \t\n
| m 1
=> 200
GET /metrics
=> 200
pushed
|\ # HELP m text \t\n
| # TYPE m untyped
| m{instance="",job="x"} 1

# a HELP text keeps a carriage return
PUT /metrics/job/x
|\ # HELP m text\r\n
| m 1
=> 200
GET /metrics
=> 200
pushed
|\ # HELP m text\r\n
| # TYPE m untyped
| m{instance="",job="x"} 1

# a HELP text loses blanks at its beginning
PUT /metrics/job/x
| # HELP m   text
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m text
| # TYPE m untyped
| m{instance="",job="x"} 1

# a HELP text may escape a backslash, a newline and a quote
PUT /metrics/job/x
| # HELP m a\\b\nc\"d
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m a\\b\nc"d
| # TYPE m untyped
| m{instance="",job="x"} 1

# a HELP text may hold any other byte
PUT /metrics/job/x
|\ # HELP m \xff\x00\x01"{}\xc3\xa4\xe2\x82\xac\n
| m 1
=> 200
GET /metrics
=> 200
pushed
|\ # HELP m \xff\x00\x01"{}\xc3\xa4\xe2\x82\xac\n
| # TYPE m untyped
| m{instance="",job="x"} 1

# a name in HELP and TYPE may be quoted
PUT /metrics/job/x
| # HELP "m" text
| # TYPE "m" gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # HELP m text
| # TYPE m gauge
| m{instance="",job="x"} 1

# a HELP for a name that has a colon is accepted
PUT /metrics/job/x
| # HELP a:b text
| a:b 1
=> 200
GET /metrics
=> 200
pushed
| # HELP a:b text
| # TYPE a:b untyped
| a:b{instance="",job="x"} 1

# families with no sample are dropped
PUT /metrics/job/x
| # HELP m text
| # TYPE m gauge
| # TYPE n counter
| n 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE n counter
| n{instance="",job="x"} 1

# a body with HELP and TYPE only is an empty push
PUT /metrics/job/x
| # HELP m text
| # TYPE m gauge
=> 200
GET /metrics
=> 200
pushed

# counter is a type
PUT /metrics/job/x
| # TYPE m counter
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m counter
| m{instance="",job="x"} 1

# gauge is a type
PUT /metrics/job/x
| # TYPE m gauge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="",job="x"} 1

# untyped is a type
PUT /metrics/job/x
| # TYPE m untyped
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# summary is a type
PUT /metrics/job/x
| # TYPE m summary
| m{quantile="0.5"} 1
| m_sum 2
| m_count 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE m summary
| m{instance="",job="x",quantile="0.5"} 1
| m_sum{instance="",job="x"} 2
| m_count{instance="",job="x"} 3

# histogram is a type
PUT /metrics/job/x
| # TYPE m histogram
| m_bucket{le="1"} 1
| m_sum 2
| m_count 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE m histogram
| m_bucket{instance="",job="x",le="1"} 1
| m_bucket{instance="",job="x",le="+Inf"} 3
| m_sum{instance="",job="x"} 2
| m_count{instance="",job="x"} 3

# gauge_histogram is a type and shown as histogram
PUT /metrics/job/x
| # TYPE m gauge_histogram
| m_bucket{le="1"} 1
| m_sum 2
| m_count 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE m histogram
| m_bucket{instance="",job="x",le="1"} 1
| m_bucket{instance="",job="x",le="+Inf"} 3
| m_sum{instance="",job="x"} 2
| m_count{instance="",job="x"} 3

# gaugehistogram is a type and shown as histogram
PUT /metrics/job/x
| # TYPE m gaugehistogram
| m_bucket{le="1"} 1
| m_sum 2
| m_count 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE m histogram
| m_bucket{instance="",job="x",le="1"} 1
| m_bucket{instance="",job="x",le="+Inf"} 3
| m_sum{instance="",job="x"} 2
| m_count{instance="",job="x"} 3

# a type may be in any case
PUT /metrics/job/x
| # TYPE m GauGE
| m 1
| # TYPE n COUNTER
| n 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="",job="x"} 1
| # TYPE n counter
| n{instance="",job="x"} 1

# a backslash in a type is dropped
PUT /metrics/job/x
| # TYPE m ga\uge
| m 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m gauge
| m{instance="",job="x"} 1

# a TYPE line may name a metric of a later line only
PUT /metrics/job/x
| # TYPE n gauge
| m 1
| n 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n gauge
| n{instance="",job="x"} 2

# families may be interleaved
PUT /metrics/job/x
| a{x="1"} 1
| b{x="1"} 2
| a{x="2"} 3
| b{x="2"} 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE a untyped
| a{instance="",job="x",x="1"} 1
| a{instance="",job="x",x="2"} 3
| # TYPE b untyped
| b{instance="",job="x",x="1"} 2
| b{instance="",job="x",x="2"} 4

# a name may hold letters, digits, underscores and colons
PUT /metrics/job/x
| _a:B9 1
| :c 2
| _ 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE :c untyped
| :c{instance="",job="x"} 2
| # TYPE _ untyped
| _{instance="",job="x"} 3
| # TYPE _a:B9 untyped
| _a:B9{instance="",job="x"} 1

# a name may be as long as a line
PUT /metrics/job/x
|\ \{1000*m} 1\n
=> 200
GET /metrics
=> 200
pushed
|\ # TYPE \{1000*m} untyped\n
|\ \{1000*m}{instance="",job="x"} 1\n

# a name may be quoted
PUT /metrics/job/x
| "m" 1
| "n"{a="b"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{a="b",instance="",job="x"} 2

# a quote in the middle of a name continues it
PUT /metrics/job/x
| m"x" 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE mx untyped
| mx{instance="",job="x"} 1

# a name may stand in the braces
PUT /metrics/job/x
| {"m"} 1
| {"n",a="b"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{a="b",instance="",job="x"} 2

# a name in the braces needs no quotes
PUT /metrics/job/x
| {m} 1
| {n,a="b"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{a="b",instance="",job="x"} 2

# a name in the braces may stand after labels
PUT /metrics/job/x
| {a="b","m"} 1
| {a="b",n,c="d"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",instance="",job="x"} 1
| # TYPE n untyped
| n{a="b",c="d",instance="",job="x"} 2

# blanks may surround a name in the braces
PUT /metrics/job/x
| { "m" , a="b" } 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",instance="",job="x"} 1

# a comma may follow a name in the braces
PUT /metrics/job/x
| {"m",} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1

# a label set may be empty
PUT /metrics/job/x
| m{} 1
| n{ } 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 1
| # TYPE n untyped
| n{instance="",job="x"} 2

# a label set may end with a comma
PUT /metrics/job/x
| m{a="b",} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",instance="",job="x"} 1

# blanks may stand around everything in a label set
PUT /metrics/job/x
|\ m { a = "b" , c\t=\t"d" , } 1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",c="d",instance="",job="x"} 1

# no blank is needed after a label set
PUT /metrics/job/x
| m{a="b"}1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",instance="",job="x"} 1

# labels are sorted by name
PUT /metrics/job/x
| m{z="1",a="2",M="3",_b="4"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{M="3",_b="4",a="2",instance="",job="x",z="1"} 1

# a label name may hold letters, digits and underscores
PUT /metrics/job/x
| m{_a1="x",B="y"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{B="y",_a1="x",instance="",job="x"} 1

# a label name may be quoted
PUT /metrics/job/x
| m{"a"="b"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="b",instance="",job="x"} 1

# a label value may be empty
PUT /metrics/job/x
| m{a=""} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="",instance="",job="x"} 1

# a label value may hold a newline, a backslash and a quote
PUT /metrics/job/x
| m{a="1\n2\\3\"4"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="1\n2\\3\"4",instance="",job="x"} 1

# a label value may hold braces, commas, number signs and blanks
PUT /metrics/job/x
| m{a="{x=1}, # y "} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="{x=1}, # y ",instance="",job="x"} 1

# a label value may hold UTF-8
PUT /metrics/job/x
| m{a="ä€😀"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{a="ä€😀",instance="",job="x"} 1

# a label value may hold control bytes
PUT /metrics/job/x
|\ m{a="\x01\x1f\x7f\t\r"} 1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
|\ m{a="\x01\x1f\x7f\t\r",instance="",job="x"} 1\n

# a label value may hold NUL
PUT /metrics/job/x
|\ m{a="\x00"} 1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
|\ m{a="\x00",instance="",job="x"} 1\n

# a label value may be long
PUT /metrics/job/x
|\ m{a="\{5000*x}"} 1\n
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
|\ m{a="\{5000*x}",instance="",job="x"} 1\n

# a sample may have fifty labels
PUT /metrics/job/x
| m{l00="0",l01="1",l02="2",l03="3",l04="4",l05="5",l06="6",l07="7",l08="8",l09="9",l10="10",l11="11",l12="12",l13="13",l14="14",l15="15",l16="16",l17="17",l18="18",l19="19",l20="20",l21="21",l22="22",l23="23",l24="24",l25="25",l26="26",l27="27",l28="28",l29="29",l30="30",l31="31",l32="32",l33="33",l34="34",l35="35",l36="36",l37="37",l38="38",l39="39",l40="40",l41="41",l42="42",l43="43",l44="44",l45="45",l46="46",l47="47",l48="48",l49="49"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x",l00="0",l01="1",l02="2",l03="3",l04="4",l05="5",l06="6",l07="7",l08="8",l09="9",l10="10",l11="11",l12="12",l13="13",l14="14",l15="15",l16="16",l17="17",l18="18",l19="19",l20="20",l21="21",l22="22",l23="23",l24="24",l25="25",l26="26",l27="27",l28="28",l29="29",l30="30",l31="31",l32="32",l33="33",l34="34",l35="35",l36="36",l37="37",l38="38",l39="39",l40="40",l41="41",l42="42",l43="43",l44="44",l45="45",l46="46",l47="47",l48="48",l49="49"} 1

# the same name may have label sets of different names
PUT /metrics/job/x
| m{a="1"} 1
| m{b="1"} 2
| m 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{instance="",job="x"} 3
| m{a="1",instance="",job="x"} 1
| m{b="1",instance="",job="x"} 2

# the parts of a summary may come in any order
PUT /metrics/job/x
| # TYPE s summary
| s_count 3
| s{quantile="0.9"} 2
| s_sum 4
| s{quantile="0.5"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",quantile="0.9"} 2
| s{instance="",job="x",quantile="0.5"} 1
| s_sum{instance="",job="x"} 4
| s_count{instance="",job="x"} 3

# quantiles stay in the order of the body
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.9"} 9
| s{quantile="0.1"} 1
| s{quantile="0.5"} 5
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",quantile="0.9"} 9
| s{instance="",job="x",quantile="0.1"} 1
| s{instance="",job="x",quantile="0.5"} 5
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# a quantile given twice stays twice
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.5"} 1
| s{quantile="0.5"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",quantile="0.5"} 1
| s{instance="",job="x",quantile="0.5"} 2
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# the missing parts of a summary are zero
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.5"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",quantile="0.5"} 1
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# a summary may have a sum only
PUT /metrics/job/x
| # TYPE s summary
| s_sum 1.5
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 1.5
| s_count{instance="",job="x"} 0

# a summary sample without a quantile makes a summary and its value is ignored
PUT /metrics/job/x
| # TYPE s summary
| s 7
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# a summary sample with the quantile NaN makes a summary and its value is ignored
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="NaN"} 7
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# a quantile is written anew as a number
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.50"} 1
| s{quantile="5e-1"} 2
| s{quantile="1."} 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",quantile="0.5"} 1
| s{instance="",job="x",quantile="0.5"} 2
| s{instance="",job="x",quantile="1"} 3
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# a quantile may be out of range
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="-1"} 1
| s{quantile="2"} 2
| s{quantile="+Inf"} 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",quantile="-1"} 1
| s{instance="",job="x",quantile="2"} 2
| s{instance="",job="x",quantile="+Inf"} 3
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 0

# the count of a summary loses its fraction
PUT /metrics/job/x
| # TYPE s summary
| s_count 3.7
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 3

# a negative count of a summary wraps around
PUT /metrics/job/x
| # TYPE s summary
| s_count -1
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 1.8446744073709552e+19

# a NaN count of a summary is two to the 63rd
PUT /metrics/job/x
| # TYPE s summary
| s_count NaN
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 9.223372036854776e+18

# an infinite count of a summary is two to the 63rd
PUT /metrics/job/x
| # TYPE s summary
| s_count +Inf
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 0
| s_count{instance="",job="x"} 9.223372036854776e+18

# a quantile label on the sum of a summary is dropped
PUT /metrics/job/x
| # TYPE s summary
| s_sum{quantile="0.5"} 2
| s_count{quantile="0.5"} 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 2
| s_count{instance="",job="x"} 3

# le is an ordinary label of a summary
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="0.5",le="x"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{instance="",job="x",le="x",quantile="0.5"} 1
| s_sum{instance="",job="x",le="x"} 0
| s_count{instance="",job="x",le="x"} 0

# a summary has one metric per label set
PUT /metrics/job/x
| # TYPE s summary
| s{a="1",quantile="0.5"} 1
| s{a="2",quantile="0.5"} 2
| s_sum{a="1"} 3
| s_sum{a="2"} 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{a="1",instance="",job="x",quantile="0.5"} 1
| s_sum{a="1",instance="",job="x"} 3
| s_count{a="1",instance="",job="x"} 0
| s{a="2",instance="",job="x",quantile="0.5"} 2
| s_sum{a="2",instance="",job="x"} 4
| s_count{a="2",instance="",job="x"} 0

# the order of labels does not matter to a summary
PUT /metrics/job/x
| # TYPE s summary
| s{a="1",b="2",quantile="0.5"} 1
| s_sum{b="2",a="1"} 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s{a="1",b="2",instance="",job="x",quantile="0.5"} 1
| s_sum{a="1",b="2",instance="",job="x"} 3
| s_count{a="1",b="2",instance="",job="x"} 0

# a later sum overwrites an earlier one
PUT /metrics/job/x
| # TYPE s summary
| s_sum 1
| s_sum 2
| s_count 3
| s_count 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 2
| s_count{instance="",job="x"} 4

# buckets stay in the order of the body
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="10"} 3
| h_bucket{le="1"} 1
| h_count 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="10"} 3
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="+Inf"} 3
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 3

# a bucket given twice stays twice
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} 1
| h_bucket{le="1"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="1"} 2
| h_bucket{instance="",job="x",le="+Inf"} 0
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# the bucket of infinity is added from the count
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} 1
| h_count 5
| h_sum 9
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="+Inf"} 5
| h_sum{instance="",job="x"} 9
| h_count{instance="",job="x"} 5

# a pushed bucket of infinity is not checked against the count
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="+Inf"} 4
| h_count 5
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 4
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 5

# a histogram may have a count only
PUT /metrics/job/x
| # TYPE h histogram
| h_count 5
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 5
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 5

# a bucket may be written without its suffix
PUT /metrics/job/x
| # TYPE h histogram
| h{le="1"} 1
| h_bucket{le="2"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="2"} 2
| h_bucket{instance="",job="x",le="+Inf"} 0
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# a histogram sample without le makes a histogram and its value is ignored
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket 7
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 0
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# a bucket whose le is NaN is ignored
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="NaN"} 7
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 0
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# le is written anew as a number
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="0.50"} 1
| h_bucket{le="1e3"} 2
| h_bucket{le="1e6"} 3
| h_bucket{le="inf"} 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="0.5"} 1
| h_bucket{instance="",job="x",le="1000"} 2
| h_bucket{instance="",job="x",le="1e+06"} 3
| h_bucket{instance="",job="x",le="+Inf"} 4
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# a bound given twice in one label set counts once, the last
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1",le="2"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="2"} 1
| h_bucket{instance="",job="x",le="+Inf"} 0
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# a histogram with a fraction is a histogram of floats
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} 1.5
| h_bucket{le="2"} 2
| h_count 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1.5
| h_bucket{instance="",job="x",le="2"} 2
| h_bucket{instance="",job="x",le="+Inf"} 2
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 2

# a histogram may have a fractional count
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} 1
| h_count 2.5
| h_sum 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="+Inf"} 2.5
| h_sum{instance="",job="x"} 3
| h_count{instance="",job="x"} 2.5

# quantile is an ordinary label of a histogram
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1",quantile="x"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",quantile="x",le="1"} 1
| h_bucket{instance="",job="x",quantile="x",le="+Inf"} 0
| h_sum{instance="",job="x",quantile="x"} 0
| h_count{instance="",job="x",quantile="x"} 0

# a histogram has one metric per label set
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{a="1",le="1"} 1
| h_bucket{a="2",le="1"} 2
| h_count{a="1"} 3
| h_count{a="2"} 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{a="1",instance="",job="x",le="1"} 1
| h_bucket{a="1",instance="",job="x",le="+Inf"} 3
| h_sum{a="1",instance="",job="x"} 0
| h_count{a="1",instance="",job="x"} 3
| h_bucket{a="2",instance="",job="x",le="1"} 2
| h_bucket{a="2",instance="",job="x",le="+Inf"} 4
| h_sum{a="2",instance="",job="x"} 0
| h_count{a="2",instance="",job="x"} 4

# a negative sum of a histogram is accepted
PUT /metrics/job/x
| # TYPE h histogram
| h_sum -1.5
| h_count 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 1
| h_sum{instance="",job="x"} -1.5
| h_count{instance="",job="x"} 1

# a minus zero count of a histogram is zero
PUT /metrics/job/x
| # TYPE h histogram
| h_count -0
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="+Inf"} 0
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 0

# a huge count of a histogram is shown as a float
PUT /metrics/job/x
| # TYPE h histogram
| h_count 18446744073709549568
| h_bucket{le="1"} 9007199254740993
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 9.007199254740992e+15
| h_bucket{instance="",job="x",le="+Inf"} 1.844674407370955e+19
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 1.844674407370955e+19

# counts of a histogram may be NaN and infinite
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} NaN
| h_bucket{le="2"} +Inf
| h_count +Inf
| h_sum NaN
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} NaN
| h_bucket{instance="",job="x",le="2"} +Inf
| h_bucket{instance="",job="x",le="+Inf"} +Inf
| h_sum{instance="",job="x"} NaN
| h_count{instance="",job="x"} +Inf

# a count of a histogram too large for an integer is a float
PUT /metrics/job/x
| # TYPE h histogram
| h_count 1e30
| h_bucket{le="1"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 1
| h_bucket{instance="",job="x",le="+Inf"} 1e+30
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 1e+30

# interleaved samples of two histograms find their own
PUT /metrics/job/x
| # TYPE g histogram
| # TYPE h histogram
| g_bucket{le="1"} 1
| h_bucket{le="1"} 2
| g_count 3
| h_count 4
=> 200
GET /metrics
=> 200
pushed
| # TYPE g histogram
| g_bucket{instance="",job="x",le="1"} 1
| g_bucket{instance="",job="x",le="+Inf"} 3
| g_sum{instance="",job="x"} 0
| g_count{instance="",job="x"} 3
| # TYPE h histogram
| h_bucket{instance="",job="x",le="1"} 2
| h_bucket{instance="",job="x",le="+Inf"} 4
| h_sum{instance="",job="x"} 0
| h_count{instance="",job="x"} 4

# a gauge histogram gets its parts by their suffixes
PUT /metrics/job/x
| # TYPE g gaugehistogram
| g_bucket{le="1"} 1
| g_count 2
| g_sum 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE g histogram
| g_bucket{instance="",job="x",le="1"} 1
| g_bucket{instance="",job="x",le="+Inf"} 2
| g_sum{instance="",job="x"} 3
| g_count{instance="",job="x"} 2

# bucket, sum and count without a TYPE before them are families of their own
PUT /metrics/job/x
| h_bucket{le="1"} 1
| h_sum 2
| h_count 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE h_bucket untyped
| h_bucket{instance="",job="x",le="1"} 1
| # TYPE h_count untyped
| h_count{instance="",job="x"} 3
| # TYPE h_sum untyped
| h_sum{instance="",job="x"} 2

# the bucket of a summary is a family of its own
PUT /metrics/job/x
| # TYPE s summary
| s_sum 1
| s_bucket{le="1"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE s summary
| s_sum{instance="",job="x"} 1
| s_count{instance="",job="x"} 0
| # TYPE s_bucket untyped
| s_bucket{instance="",job="x",le="1"} 2

# a family declared as _sum stays a family
PUT /metrics/job/x
| # TYPE s_sum gauge
| # TYPE s summary
| s_sum 1
| t_count 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE s_sum gauge
| s_sum{instance="",job="x"} 1
| # TYPE t_count untyped
| t_count{instance="",job="x"} 2

# the total of a counter is a family of its own
PUT /metrics/job/x
| # TYPE c counter
| c 1
| c_total 2
| c_created 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE c counter
| c{instance="",job="x"} 1
| # TYPE c_created untyped
| c_created{instance="",job="x"} 3
| # TYPE c_total untyped
| c_total{instance="",job="x"} 2

# the name _count alone is a name
PUT /metrics/job/x
| _count 1
| _sum 2
| _bucket 3
=> 200
GET /metrics
=> 200
pushed
| # TYPE _bucket untyped
| _bucket{instance="",job="x"} 3
| # TYPE _count untyped
| _count{instance="",job="x"} 1
| # TYPE _sum untyped
| _sum{instance="",job="x"} 2

# le on a gauge is an ordinary label
PUT /metrics/job/x
| # TYPE g gauge
| g{le="x",quantile="y"} 1
=> 200
GET /metrics
=> 200
pushed
| # TYPE g gauge
| g{instance="",job="x",le="x",quantile="y"} 1

# numbers are read as decimal floating point, correctly rounded
PUT /metrics/job/x
| m{i="00",n="0"} 0
| m{i="01",n="1"} 1
| m{i="02",n="-1"} -1
| m{i="03",n="+1"} +1
| m{i="04",n="007"} 007
| m{i="05",n="0.5"} 0.5
| m{i="06",n=".5"} .5
| m{i="07",n="5."} 5.
| m{i="08",n="1.e3"} 1.e3
| m{i="09",n="1E3"} 1E3
| m{i="10",n="1e+3"} 1e+3
| m{i="11",n="1e-3"} 1e-3
| m{i="12",n="-0"} -0
| m{i="13",n="+0"} +0
| m{i="14",n="inf"} inf
| m{i="15",n="+Inf"} +Inf
| m{i="16",n="-INF"} -INF
| m{i="17",n="Infinity"} Infinity
| m{i="18",n="-infinity"} -infinity
| m{i="19",n="nan"} nan
| m{i="20",n="NaN"} NaN
| m{i="21",n="NAN"} NAN
| m{i="22",n="1e-400"} 1e-400
| m{i="23",n="4.9e-324"} 4.9e-324
| m{i="24",n="2.2250738585072014e-308"} 2.2250738585072014e-308
| m{i="25",n="1.7976931348623157e308"} 1.7976931348623157e308
| m{i="26",n="123456789012345678901234567890"} 123456789012345678901234567890
| m{i="27",n="0.1"} 0.1
| m{i="28",n="0.30000000000000004"} 0.30000000000000004
| m{i="29",n="0.1000000000000000055511151231257827"} 0.1000000000000000055511151231257827
| m{i="30",n="9007199254740993"} 9007199254740993
| m{i="31",n="5e-325"} 5e-325
| m{i="32",n="1.00000000000000011102230246251565404236316680908203125"} 1.00000000000000011102230246251565404236316680908203125
| m{i="33",n="1.00000000000000011102230246251565404236316680908203126"} 1.00000000000000011102230246251565404236316680908203126
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
| m{i="00",instance="",job="x",n="0"} 0
| m{i="01",instance="",job="x",n="1"} 1
| m{i="02",instance="",job="x",n="-1"} -1
| m{i="03",instance="",job="x",n="+1"} 1
| m{i="04",instance="",job="x",n="007"} 7
| m{i="05",instance="",job="x",n="0.5"} 0.5
| m{i="06",instance="",job="x",n=".5"} 0.5
| m{i="07",instance="",job="x",n="5."} 5
| m{i="08",instance="",job="x",n="1.e3"} 1000
| m{i="09",instance="",job="x",n="1E3"} 1000
| m{i="10",instance="",job="x",n="1e+3"} 1000
| m{i="11",instance="",job="x",n="1e-3"} 0.001
| m{i="12",instance="",job="x",n="-0"} 0
| m{i="13",instance="",job="x",n="+0"} 0
| m{i="14",instance="",job="x",n="inf"} +Inf
| m{i="15",instance="",job="x",n="+Inf"} +Inf
| m{i="16",instance="",job="x",n="-INF"} -Inf
| m{i="17",instance="",job="x",n="Infinity"} +Inf
| m{i="18",instance="",job="x",n="-infinity"} -Inf
| m{i="19",instance="",job="x",n="nan"} NaN
| m{i="20",instance="",job="x",n="NaN"} NaN
| m{i="21",instance="",job="x",n="NAN"} NaN
| m{i="22",instance="",job="x",n="1e-400"} 0
| m{i="23",instance="",job="x",n="4.9e-324"} 5e-324
| m{i="24",instance="",job="x",n="2.2250738585072014e-308"} 2.2250738585072014e-308
| m{i="25",instance="",job="x",n="1.7976931348623157e308"} 1.7976931348623157e+308
| m{i="26",instance="",job="x",n="123456789012345678901234567890"} 1.2345678901234568e+29
| m{i="27",instance="",job="x",n="0.1"} 0.1
| m{i="28",instance="",job="x",n="0.30000000000000004"} 0.30000000000000004
| m{i="29",instance="",job="x",n="0.1000000000000000055511151231257827"} 0.1
| m{i="30",instance="",job="x",n="9007199254740993"} 9.007199254740992e+15
| m{i="31",instance="",job="x",n="5e-325"} 0
| m{i="32",instance="",job="x",n="1.00000000000000011102230246251565404236316680908203125"} 1
| m{i="33",instance="",job="x",n="1.00000000000000011102230246251565404236316680908203126"} 1.0000000000000002
