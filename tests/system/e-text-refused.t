// Bodies that are refused: the exact sentence and the line it names.
// A refused body leaves no trace.
shared

# a last line without its newline is refused
PUT /metrics/job/x
|\ m 1
=> 400
| text format parsing error in line 1: unexpected end of input stream

# the line number of a missing final newline is that of the last line
PUT /metrics/job/x
| a 1
|\ b 2
=> 400
| text format parsing error in line 2: unexpected end of input stream

# a comment without its newline is refused
PUT /metrics/job/x
|\ # EOF
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a metric name
PUT /metrics/job/x
|\ m
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after a metric name and a blank
PUT /metrics/job/x
|\ m\x20
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a label set
PUT /metrics/job/x
|\ m{
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a label name
PUT /metrics/job/x
|\ m{a
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after the equals sign
PUT /metrics/job/x
|\ m{a=
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a label value
PUT /metrics/job/x
|\ m{a="b
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after a label value
PUT /metrics/job/x
|\ m{a="b"
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after a comma
PUT /metrics/job/x
|\ m{a="b",
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after a label set
PUT /metrics/job/x
|\ m{a="b"}
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a timestamp
PUT /metrics/job/x
|\ m 1 1
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a HELP text
PUT /metrics/job/x
|\ # HELP m text
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a TYPE
PUT /metrics/job/x
|\ # TYPE m gauge
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after the number sign
PUT /metrics/job/x
|\ #
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after HELP
PUT /metrics/job/x
|\ # HELP
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end after the name in HELP
PUT /metrics/job/x
|\ # HELP m
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in a quoted name
PUT /metrics/job/x
|\ {"m
=> 400
| text format parsing error in line 1: unexpected end of input stream

# input may not end in an escape
PUT /metrics/job/x
|\ m{a="b\\
=> 400
| text format parsing error in line 1: unexpected end of input stream

# blank lines and comments count as lines
PUT /metrics/job/x
|
| # c
|
| m x
=> 400
| text format parsing error in line 4: expected float as value, got "x"

# an error stands in the line where it was found
PUT /metrics/job/x
| a 1
| b 2
| c x
| d 4
=> 400
| text format parsing error in line 3: expected float as value, got "x"

# a family has one HELP
PUT /metrics/job/x
| # HELP m a
| # HELP m b
=> 400
| text format parsing error in line 2: second HELP line for metric name "m"

# an equal second HELP is refused too
PUT /metrics/job/x
| # HELP m a
| # HELP m a
=> 400
| text format parsing error in line 2: second HELP line for metric name "m"

# a tab may not be escaped in HELP
PUT /metrics/job/x
| # HELP m a\tb
=> 400
| text format parsing error in line 1: invalid escape sequence '\t'

# an escaped letter in HELP is printed in quotes
PUT /metrics/job/x
| # HELP m a\db
=> 400
| text format parsing error in line 1: invalid escape sequence '\d'

# an escaped byte above 0x7f prints as the character of that code
PUT /metrics/job/x
|\ # HELP m a\\\xe4\n
=> 400
| text format parsing error in line 1: invalid escape sequence '\ä'

# of a UTF-8 character only the first byte is the escape
PUT /metrics/job/x
| # HELP m a\ü
=> 400
| text format parsing error in line 1: invalid escape sequence '\Ã'

# an escaped newline in HELP prints as a newline
PUT /metrics/job/x
| # HELP m a\
| m 1
=> 400
| text format parsing error in line 1: invalid escape sequence '\
| '

# a family has one TYPE
PUT /metrics/job/x
| # TYPE m gauge
| # TYPE m gauge
=> 400
| text format parsing error in line 2: second TYPE line for metric name "m", or TYPE reported after samples

# TYPE comes before samples
PUT /metrics/job/x
| m 1
| # TYPE m gauge
=> 400
| text format parsing error in line 2: second TYPE line for metric name "m", or TYPE reported after samples

# an unknown type is refused
PUT /metrics/job/x
| # TYPE m foo
=> 400
| text format parsing error in line 1: unknown metric type "foo"

# a blank after the type is part of it
PUT /metrics/job/x
|\ # TYPE m gauge \n
=> 400
| text format parsing error in line 1: unknown metric type "gauge "

# a word after the type is part of it
PUT /metrics/job/x
| # TYPE m gauge x
=> 400
| text format parsing error in line 1: unknown metric type "gauge x"

# a carriage return after the type is part of it
PUT /metrics/job/x
|\ # TYPE m gauge\r\n
=> 400
| text format parsing error in line 1: unknown metric type "gauge\r"

# unknown is not a type
PUT /metrics/job/x
| # TYPE m unknown
=> 400
| text format parsing error in line 1: unknown metric type "unknown"

# info is not a type
PUT /metrics/job/x
| # TYPE m info
=> 400
| text format parsing error in line 1: unknown metric type "info"

# stateset is not a type
PUT /metrics/job/x
| # TYPE m stateset
=> 400
| text format parsing error in line 1: unknown metric type "stateset"

# a name in HELP ends with a blank
PUT /metrics/job/x
| # HELP m{ x
=> 400
| text format parsing error in line 1: invalid metric name in comment

# a name in HELP does not start with a digit
PUT /metrics/job/x
| # HELP 1m x
=> 400
| text format parsing error in line 1: invalid metric name in comment

# a name in HELP holds no dot
PUT /metrics/job/x
| # HELP m.x y
=> 400
| text format parsing error in line 1: invalid metric name in comment

# a name in TYPE holds no dash
PUT /metrics/job/x
| # TYPE m-x gauge
=> 400
| text format parsing error in line 1: invalid metric name in comment

# a quoted name in TYPE must be valid without quotes too
PUT /metrics/job/x
| # TYPE "m.x" gauge
=> 400
| text format parsing error in line 1: invalid metric name "m.x"

# a quoted name in HELP must be valid without quotes too
PUT /metrics/job/x
| # HELP "m.x" y
=> 400
| text format parsing error in line 1: invalid metric name "m.x"

# an empty quoted name in HELP is refused
PUT /metrics/job/x
| # HELP "" y
=> 400
| text format parsing error in line 1: invalid metric name ""

# a name does not start with a digit
PUT /metrics/job/x
| 1m 1
=> 400
| text format parsing error in line 1: invalid metric name

# a name does not start with a dash
PUT /metrics/job/x
| -m 1
=> 400
| text format parsing error in line 1: invalid metric name

# a name does not start with a dot
PUT /metrics/job/x
| .m 1
=> 400
| text format parsing error in line 1: invalid metric name

# a name does not start with a UTF-8 letter
PUT /metrics/job/x
| ä 1
=> 400
| text format parsing error in line 1: invalid metric name

# a name does not start with NUL
PUT /metrics/job/x
|\ \x00 1\n
=> 400
| text format parsing error in line 1: invalid metric name

# a name does not start with a closing brace
PUT /metrics/job/x
| } 1
=> 400
| text format parsing error in line 1: invalid metric name

# a line of a carriage return alone is not blank
PUT /metrics/job/x
|\ \r\n
=> 400
| text format parsing error in line 1: invalid metric name

# a vertical tab is not a blank
PUT /metrics/job/x
|\ \x0bm 1\n
=> 400
| text format parsing error in line 1: invalid metric name

# a form feed is not a blank
PUT /metrics/job/x
|\ \x0cm 1\n
=> 400
| text format parsing error in line 1: invalid metric name

# a no-break space is not a blank
PUT /metrics/job/x
|\ \xc2\xa0m 1\n
=> 400
| text format parsing error in line 1: invalid metric name

# a byte order mark is not skipped
PUT /metrics/job/x
|\ \xef\xbb\xbfm 1\n
=> 400
| text format parsing error in line 1: invalid metric name

# a dot ends the name and begins the value
PUT /metrics/job/x
| m.n 1
=> 400
| text format parsing error in line 1: expected float as value, got ".n"

# a dash ends the name and begins the value
PUT /metrics/job/x
| m-n 1
=> 400
| text format parsing error in line 1: expected float as value, got "-n"

# a UTF-8 letter ends the name and begins the value
PUT /metrics/job/x
| mä 1
=> 400
| text format parsing error in line 1: expected float as value, got "ä"

# NUL ends the name and prints escaped
PUT /metrics/job/x
|\ m\x00 1\n
=> 400
| text format parsing error in line 1: expected float as value, got "\x00"

# a slash ends the name and begins the value
PUT /metrics/job/x
| m/n 1
=> 400
| text format parsing error in line 1: expected float as value, got "/n"

# after the closing quote the name ends
PUT /metrics/job/x
| "m"x 1
=> 400
| text format parsing error in line 1: expected float as value, got "x"

# a quoted name must be valid without quotes too
PUT /metrics/job/x
| "m.x" 1
=> 400
| text format parsing error in line 1: invalid metric name "m.x"

# an empty quoted name is refused
PUT /metrics/job/x
| "" 1
=> 400
| text format parsing error in line 1: invalid metric name

# a tab may not be escaped in a quoted name
PUT /metrics/job/x
| "m\t" 1
=> 400
| text format parsing error in line 1: invalid escape sequence '\t'

# a quoted name holds no raw newline
PUT /metrics/job/x
| "m
| x" 1
=> 400
| text format parsing error in line 1: metric name "m" contains unescaped new-line

# an invalid name prints as Go quotes it
PUT /metrics/job/x
|\ "m\xff\x01\xe2\x80\x8b" 1\n
=> 400
| text format parsing error in line 1: invalid metric name "m\xff\x01\u200b"

# a comma may not lead a label set
PUT /metrics/job/x
| m{,a="b"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a comma may not be doubled
PUT /metrics/job/x
| m{a="b",,c="d"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a comma alone is not a label set
PUT /metrics/job/x
| m{,} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a label name does not start with a digit
PUT /metrics/job/x
| m{1a="b"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a label name does not start with a UTF-8 letter
PUT /metrics/job/x
| m{ä="b"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a label name does not start with a colon
PUT /metrics/job/x
| m{:a="b"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a quoted label name is not empty
PUT /metrics/job/x
| m{""="b"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a newline may not stand in a label set
PUT /metrics/job/x
| m{
| a="b"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a label set may not be broken after a comma
PUT /metrics/job/x
| m{a="b",
| c="d"} 1
=> 400
| text format parsing error in line 1: invalid label name for metric "m"

# a label name is followed by an equals sign
PUT /metrics/job/x
| m{a} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '}'

# a label name holds no dash
PUT /metrics/job/x
| m{a-b="c"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '-'

# a label name holds no colon
PUT /metrics/job/x
| m{a:b="c"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found ':'

# a label name holds no dot
PUT /metrics/job/x
| m{a.b="c"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '.'

# a missing equals sign is found at the value
PUT /metrics/job/x
| m{a "b"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '"'

# of a UTF-8 letter in a label name only the first byte is printed
PUT /metrics/job/x
| m{aä="b"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found 'Ã'

# a control byte after a label name prints escaped
PUT /metrics/job/x
|\ m{a\x01="b"} 1\n
=> 400
| text format parsing error in line 1: expected '=' after label name, found '\x01'

# an apostrophe after a label name prints escaped
PUT /metrics/job/x
| m{a'='b'} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '\''

# a newline after a label name prints escaped
PUT /metrics/job/x
| m{a
| ="b"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '\n'

# the label name __name__ is reserved
PUT /metrics/job/x
| m{__name__="x"} 1
=> 400
| text format parsing error in line 1: label name "__name__" is reserved

# a quoted label name must be valid without quotes too
PUT /metrics/job/x
| m{"a.b"="c"} 1
=> 400
| text format parsing error in line 1: invalid label name "a.b"

# a label stands once in a set
PUT /metrics/job/x
| m{a="1",a="2"} 1
=> 400
| text format parsing error in line 1: duplicate label names for metric "m"

# a label stands once even with an equal value
PUT /metrics/job/x
| m{a="1",b="2",a="1"} 1
=> 400
| text format parsing error in line 1: duplicate label names for metric "m"

# a label quoted and unquoted is the same label
PUT /metrics/job/x
| m{a="1","a"="2"} 1
=> 400
| text format parsing error in line 1: duplicate label names for metric "m"

# a label value is quoted
PUT /metrics/job/x
| m{a=b} 1
=> 400
| text format parsing error in line 1: expected '"' at start of label value, found 'b'

# a label value is not in single quotes
PUT /metrics/job/x
| m{a='b'} 1
=> 400
| text format parsing error in line 1: expected '"' at start of label value, found '\''

# a label value is there
PUT /metrics/job/x
| m{a=} 1
=> 400
| text format parsing error in line 1: expected '"' at start of label value, found '}'

# a newline does not stand for a label value
PUT /metrics/job/x
| m{a=
| } 1
=> 400
| text format parsing error in line 1: expected '"' at start of label value, found '\n'

# a label value holds no raw newline
PUT /metrics/job/x
| m{a="b
| c"} 1
=> 400
| text format parsing error in line 1: label value "b" contains unescaped new-line

# a tab may not be escaped in a label value
PUT /metrics/job/x
| m{a="b\tc"} 1
=> 400
| text format parsing error in line 1: invalid escape sequence '\t'

# an apostrophe may not be escaped in a label value
PUT /metrics/job/x
| m{a="b\'c"} 1
=> 400
| text format parsing error in line 1: invalid escape sequence '\''

# a label value is UTF-8
PUT /metrics/job/x
|\ m{a="\xff"} 1\n
=> 400
| text format parsing error in line 1: invalid label value "\xff"

# an overlong UTF-8 sequence is not UTF-8
PUT /metrics/job/x
|\ m{a="\xc0\x80"} 1\n
=> 400
| text format parsing error in line 1: invalid label value "\xc0\x80"

# a surrogate in UTF-8 is not UTF-8
PUT /metrics/job/x
|\ m{a="\xed\xa0\x80"} 1\n
=> 400
| text format parsing error in line 1: invalid label value "\xed\xa0\x80"

# a cut UTF-8 sequence is not UTF-8
PUT /metrics/job/x
|\ m{a="x\xe2\x82"} 1\n
=> 400
| text format parsing error in line 1: invalid label value "x\xe2\x82"

# a code point above U+10FFFF is not UTF-8
PUT /metrics/job/x
|\ m{a="\xf4\x90\x80\x80"} 1\n
=> 400
| text format parsing error in line 1: invalid label value "\xf4\x90\x80\x80"

# after a label value comes a comma or the brace
PUT /metrics/job/x
| m{a="b"c="d"} 1
=> 400
| text format parsing error in line 1: unexpected end of label value "b"

# a semicolon does not separate labels
PUT /metrics/job/x
| m{a="b";c="d"} 1
=> 400
| text format parsing error in line 1: unexpected end of label value "b"

# a newline does not end a label set
PUT /metrics/job/x
| m{a="b"
=> 400
| text format parsing error in line 1: unexpected end of label value "b"

# a quoted label name holds no raw newline
PUT /metrics/job/x
| m{"a
| b"="c"} 1
=> 400
| text format parsing error in line 1: label name "a" contains unescaped new-line

# a quoted name in braces holds no raw newline
PUT /metrics/job/x
| {"m
| x"} 1
=> 400
| text format parsing error in line 1: label name "m" contains unescaped new-line

# a tab may not be escaped in a quoted label name
PUT /metrics/job/x
| m{"a\t"="c"} 1
=> 400
| text format parsing error in line 1: invalid escape sequence '\t'

# a line has one name
PUT /metrics/job/x
| {"m","n"} 1
=> 400
| text format parsing error in line 1: multiple metric names for metric "m"

# after a name before the braces a quoted word in them is a label name
PUT /metrics/job/x
| m{"n"} 1
=> 400
| text format parsing error in line 1: expected '=' after label name, found '}'

# a name in braces is followed by a comma or the brace
PUT /metrics/job/x
| {"m"a="b"} 1
=> 400
| text format parsing error in line 1: unexpected end of metric name 'a'

# a name in braces must be valid
PUT /metrics/job/x
| {"m.x"} 1
=> 400
| text format parsing error in line 1: invalid metric name "m.x"

# a name in braces must be valid also after labels
PUT /metrics/job/x
| {a="b","m.x"} 1
=> 400
| text format parsing error in line 1: invalid metric name "m.x"

# a value is there
PUT /metrics/job/x
| m
=> 400
| text format parsing error in line 1: expected float as value, got ""

# a value is there after the blank
PUT /metrics/job/x
|\ m \n
=> 400
| text format parsing error in line 1: expected float as value, got ""

# a value is there after the label set
PUT /metrics/job/x
| m{a="b"}
=> 400
| text format parsing error in line 1: expected float as value, got ""

# a value is a number
PUT /metrics/job/x
| m x
=> 400
| text format parsing error in line 1: expected float as value, got "x"

# a carriage return is part of the value
PUT /metrics/job/x
|\ m 1\r\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\r"

# a hexadecimal number is refused
PUT /metrics/job/x
| m 0x10
=> 400
| text format parsing error in line 1: expected float as value, got "0x10"

# a hexadecimal number with an exponent is refused
PUT /metrics/job/x
| m 0x1p4
=> 400
| text format parsing error in line 1: expected float as value, got "0x1p4"

# a binary number is refused
PUT /metrics/job/x
| m 0b1
=> 400
| text format parsing error in line 1: expected float as value, got "0b1"

# an octal number is refused
PUT /metrics/job/x
| m 0o7
=> 400
| text format parsing error in line 1: expected float as value, got "0o7"

# digits are not grouped by underscores
PUT /metrics/job/x
| m 1_000
=> 400
| text format parsing error in line 1: expected float as value, got "1_000"

# digits are not grouped by commas
PUT /metrics/job/x
| m 1,5
=> 400
| text format parsing error in line 1: expected float as value, got "1,5"

# a number has no suffix d
PUT /metrics/job/x
| m 1d
=> 400
| text format parsing error in line 1: expected float as value, got "1d"

# a number has no suffix f
PUT /metrics/job/x
| m 1f
=> 400
| text format parsing error in line 1: expected float as value, got "1f"

# an exponent needs digits before it
PUT /metrics/job/x
| m e3
=> 400
| text format parsing error in line 1: expected float as value, got "e3"

# a point is not a digit
PUT /metrics/job/x
| m .e3
=> 400
| text format parsing error in line 1: expected float as value, got ".e3"

# a point alone is not a number
PUT /metrics/job/x
| m .
=> 400
| text format parsing error in line 1: expected float as value, got "."

# an exponent needs digits
PUT /metrics/job/x
| m 1e
=> 400
| text format parsing error in line 1: expected float as value, got "1e"

# an exponent needs digits after its sign
PUT /metrics/job/x
| m 1e+
=> 400
| text format parsing error in line 1: expected float as value, got "1e+"

# a sign alone is not a number
PUT /metrics/job/x
| m -
=> 400
| text format parsing error in line 1: expected float as value, got "-"

# a number has one sign
PUT /metrics/job/x
| m --1
=> 400
| text format parsing error in line 1: expected float as value, got "--1"

# a number has one point
PUT /metrics/job/x
| m 1.2.3
=> 400
| text format parsing error in line 1: expected float as value, got "1.2.3"

# NaN has no sign
PUT /metrics/job/x
| m +NaN
=> 400
| text format parsing error in line 1: expected float as value, got "+NaN"

# NaN has no minus sign
PUT /metrics/job/x
| m -NaN
=> 400
| text format parsing error in line 1: expected float as value, got "-NaN"

# NaN has no payload
PUT /metrics/job/x
| m nan(1)
=> 400
| text format parsing error in line 1: expected float as value, got "nan(1)"

# infinity is written in full or short
PUT /metrics/job/x
| m infin
=> 400
| text format parsing error in line 1: expected float as value, got "infin"

# a number too large is refused
PUT /metrics/job/x
| m 1e309
=> 400
| text format parsing error in line 1: expected float as value, got "1e309"

# the largest number is not rounded up to infinity
PUT /metrics/job/x
| m 1.8e308
=> 400
| text format parsing error in line 1: expected float as value, got "1.8e308"

# a quoted value is refused
PUT /metrics/job/x
| m "1"
=> 400
| text format parsing error in line 1: expected float as value, got "\"1\""

# a value in backquotes prints them plainly
PUT /metrics/job/x
| m `1`
=> 400
| text format parsing error in line 1: expected float as value, got "`1`"

# a backslash in a value prints escaped
PUT /metrics/job/x
| m 1\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\\n"

# an invalid byte in a value prints as hex
PUT /metrics/job/x
|\ m 1\xff\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\xff"

# control bytes in a value print in their short forms
PUT /metrics/job/x
|\ m 1\x07\x08\x0c\r\x0b\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\a\b\f\r\v"

# a zero width space in a value prints as its code
PUT /metrics/job/x
|\ m 1\xe2\x80\x8b\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\u200b"

# an unprintable character beyond the first plane prints with eight digits
PUT /metrics/job/x
|\ m 1\xf3\xa0\x80\x81\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\U000e0001"

# a printable character in a value prints as itself
PUT /metrics/job/x
| m 1€
=> 400
| text format parsing error in line 1: expected float as value, got "1€"

# DEL in a value prints as hex
PUT /metrics/job/x
|\ m 1\x7f\n
=> 400
| text format parsing error in line 1: expected float as value, got "1\x7f"

# a blank after the value calls for a timestamp
PUT /metrics/job/x
|\ m 1 \n
=> 400
| text format parsing error in line 1: expected integer as timestamp, got ""

# a tab after the value calls for a timestamp
PUT /metrics/job/x
|\ m 1\t\n
=> 400
| text format parsing error in line 1: expected integer as timestamp, got ""

# a timestamp is an integer
PUT /metrics/job/x
| m 1 1.5
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "1.5"

# a comment after the value is no timestamp
PUT /metrics/job/x
| m 1 # c
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "#"

# a timestamp fits 64 bits
PUT /metrics/job/x
| m 1 9223372036854775808
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "9223372036854775808"

# a negative timestamp fits 64 bits
PUT /metrics/job/x
| m 1 -9223372036854775809
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "-9223372036854775809"

# a timestamp is decimal
PUT /metrics/job/x
| m 1 0x10
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "0x10"

# digits of a timestamp are not grouped
PUT /metrics/job/x
| m 1 1_0
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "1_0"

# a carriage return is part of the timestamp
PUT /metrics/job/x
|\ m 1 1\r\n
=> 400
| text format parsing error in line 1: expected integer as timestamp, got "1\r"

# nothing follows the timestamp
PUT /metrics/job/x
| m 1 2 3
=> 400
| text format parsing error in line 1: spurious string after timestamp: " 3"

# not even a blank follows the timestamp
PUT /metrics/job/x
|\ m 1 2 \n
=> 400
| text format parsing error in line 1: spurious string after timestamp: " "

# an OpenMetrics exemplar is refused
PUT /metrics/job/x
| m 1 2 # {a="b"} 1
=> 400
| text format parsing error in line 1: spurious string after timestamp: " # {a=\"b\"} 1"

# a negative count of a histogram is refused
PUT /metrics/job/x
| # TYPE h histogram
| h_count -1
=> 400
| text format parsing error in line 2: negative count for histogram "h"

# a negative fractional count of a histogram is refused
PUT /metrics/job/x
| # TYPE h histogram
| h_count -1.5
=> 400
| text format parsing error in line 2: negative count for histogram "h"

# a negative bucket is refused
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} -1
=> 400
| text format parsing error in line 2: negative bucket population for histogram "h"

# a negative fractional bucket is refused
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="1"} -1.5
=> 400
| text format parsing error in line 2: negative bucket population for histogram "h"

# le of a histogram is a number
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="x"} 1
=> 400
| text format parsing error in line 2: expected float as value for 'le' label, got "x"

# le of a histogram is not empty
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le=""} 1
=> 400
| text format parsing error in line 2: expected float as value for 'le' label, got ""

# le of a histogram is not hexadecimal
PUT /metrics/job/x
| # TYPE h histogram
| h_bucket{le="0x1p3"} 1
=> 400
| text format parsing error in line 2: expected float as value for 'le' label, got "0x1p3"

# quantile of a summary is a number
PUT /metrics/job/x
| # TYPE s summary
| s{quantile="x"} 1
=> 400
| text format parsing error in line 2: expected float as value for 'quantile' label, got "x"

# quantile is parsed on the sum of a summary too
PUT /metrics/job/x
| # TYPE s summary
| s_sum{quantile="x"} 1
=> 400
| text format parsing error in line 2: expected float as value for 'quantile' label, got "x"

# a sample named _sum without a TYPE before it makes a family, whose TYPE then comes too late
PUT /metrics/job/x
| s_sum 1
| # TYPE s_sum summary
=> 400
| text format parsing error in line 2: second TYPE line for metric name "s_sum", or TYPE reported after samples

# JSON is refused
PUT /metrics/job/x
| {"a": 1}
=> 400
| text format parsing error in line 1: unexpected end of metric name ':'

# HTML is refused
PUT /metrics/job/x
| <html>
=> 400
| text format parsing error in line 1: invalid metric name

# an OpenMetrics type is refused
PUT /metrics/job/x
| # TYPE m unknown
| m 1
| # EOF
=> 400
| text format parsing error in line 1: unknown metric type "unknown"

# nothing of a refused body is stored, no group and no failure time
GET /metrics
=> 200
stored
