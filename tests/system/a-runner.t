// The runner: that a test which should fail does, and that a mark means what it says.

# a test whose answer comes is passed
sh
$ cat >t.t <<'END'
$ # healthy
$ GET /-/healthy
$ => 200
$ |\ OK
$ END
$ python3 $RUN $RUN_ARGUMENTS t.t
| ok - <<.*>>t.t: healthy [<<(ours|reference)>>]
| 1 passed, 0 failed

# a wrong status fails
sh
$ printf '# t\nGET /-/healthy\n=> 404\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t
| not ok - <<.*>>t.t: t [<<(ours|reference)>>]
|     line 3: expected HTTP/1.1 404 Not Found
|     got      HTTP/1.1 200 OK
|     OK
| 0 passed, 1 failed
exit 1

# a wrong reason fails
sh
$ printf '# t\nGET /-/healthy\n=> 200 Fine\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 1 failed

# a wrong, a missing and an unwanted header fail
sh
$ printf '# t\nGET /-/healthy\n=> 200\nContent-Length: 3\n# u\nGET /-/healthy\n=> 200\nX-None: 1\n# v\nGET /-/healthy\n=> 200\nno Content-Length\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 3 failed

# a body that is longer or shorter fails
sh
$ printf '# t\nGET /-/healthy\n=> 200\n| OK\n# u\nGET /-/healthy\n=> 200\n|\\ O\n# v\nGET /-/healthy\n=> 200\nempty\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 3 failed

# a line that is missing and a text that is there fail
sh
$ printf '# t\nGET /-/healthy\n=> 200\nhas O\n# u\nGET /-/healthy\n=> 200\nlacks K\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 2 failed

# a connection that stays open is not closed, and a closed one not open
sh
$ cat >t.t <<'END'
$ # t
$ send
$ | GET /-/healthy HTTP/1.1
$ | Host: x
$ | Connection: close
$ |
$ => 200
$ => open
$ # u
$ send
$ | GET /-/healthy HTTP/1.1
$ | Host: x
$ |
$ => closed
$ END
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 2 failed

# an answer too much fails
sh
$ cat >t.t <<'END'
$ # t
$ send
$ | GET /-/healthy HTTP/1.1
$ | Host: x
$ |
$ | GET /-/healthy HTTP/1.1
$ | Host: x
$ |
$ => 200
$ => open
$ END
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 1 failed

# an answer that nobody expected fails
sh
$ cat >t.t <<'END'
$ # t
$ send
$ | GET /-/healthy HTTP/1.1
$ | Host: x
$ |
$ | GET /-/healthy HTTP/1.1
$ | Host: x
$ |
$ wait 0.2
$ send
$ => 200
$ END
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 1 failed

# a shell's output and status are compared
sh
$ printf '# t\nsh\n$ echo a\n| b\n# u\nsh\n$ false\n# v\nsh\n$ echo a\n| a\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 1 passed, 2 failed

# a gateway that does not start fails the test
sh
$ printf '# t\nstart --no-such-flag\nGET /-/healthy\n=> 200\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t | tail -n 1
| 0 passed, 1 failed

# a regular expression and names for what changes stand between double angle brackets
GET /-/healthy
=> 200
Date: <<date>>
Content-Length: <<[0-9]>>
|\ <<[A-Z]+>>

# a body of exact bytes is sent as written, whatever they are
PUT /metrics/job/x
|\ m{a="\x00\x01\\n"} 1\n\{3*#\n}
| m{b="x"} 2
=> 200
GET /metrics
=> 200
pushed
| # TYPE m untyped
|\ m{a="\x00\x01\\n",instance="",job="x"} 1\n
| m{b="x",instance="",job="x"} 2

# a test that expects nothing, and marks that contradict each other, are refused
sh
$ printf '# t\nGET /-/healthy\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t 2>&1 || printf '# t\ndiffers: why\nGET /\n=> 200\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t 2>&1 || printf '# t\nGET /\n=> 200\nref=> 404\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t 2>&1
| <<.*>>t.t:1: nothing is expected
| <<.*>>t.t:1: `differs` without `ref`
| <<.*>>t.t:1: `ref` without `differs: reason`
exit 1

# a line that has no meaning is refused
sh
$ printf '# t\nGET /\n=> 200\nfoo bar\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t 2>&1
| <<.*>>t.t:4: not understood: foo bar
exit 1

# two tests of one title are refused
sh
$ printf '# t\nGET /\n=> 200\n# t\nGET /\n=> 200\n' >t.t
$ python3 $RUN $RUN_ARGUMENTS t.t 2>&1
| <<.*>>t.t: two tests are called `t`
exit 1
