"""The workflows that are pushed: block style, operators that every Digdag has, ASCII names of tasks."""

FIRST_LINE = "取込に失敗 <!channel> & <b>太字</b> *x* `y`"
SECOND_LINE = "二行目: 詳細はログへ"

OK = """
+hello:
  echo>: good morning
"""
BOOM = """
+prepare:
  echo>: preparing
+load:
  fail>: boom
+report:
  echo>: never reached
"""
EXIT3 = """
+extract:
  sh>: exit 3
"""
HOOKED = """
_error:
  +tell_all:
    echo>: told

+load:
  _error:
    +tell_one:
      echo>: told one
  fail>: the real reason
"""
SIDES = """
+branches:
  _parallel: true
  +north:
    echo>: north is fine
  +south:
    fail>: south has no data
  +west:
    fail>: west has no data
"""
CALLER = """
+run_child:
  call>: boom
"""
ROUNDS = """
+stage:
  _retry: 1
  +copy:
    sh>: exit 0
  +verify:
    fail>: checksum differs
"""
FLAKY = """
+first:
  echo>: step one
+check_input:
  if>: "${ok}"
  _do:
    +fine:
      echo>: input is there
  _else_do:
    +missing:
      fail>: input file is missing
+last:
  echo>: step three
"""
HANG = """
+before:
  echo>: waiting now
+hold:
  wait>: 1h
  poll_interval: 2s
"""
STUBBORN = """
+nap:
  sh>: sleep 15
"""
TOKYO = """
timezone: Asia/Tokyo

+load:
  fail>: no rows for this day
"""
JAPANESE = f"""
+load:
  fail>: "{FIRST_LINE}\\n{SECOND_LINE}"
"""

MAIN = {
    "ok": OK,
    "boom": BOOM,
    "exit3": EXIT3,
    "hooked": HOOKED,
    "sides": SIDES,
    "caller": CALLER,
    "rounds": ROUNDS,
    "flaky": FLAKY,
    "hang": HANG,
    "tokyo": TOKYO,
}
ODD = {"a&b@c`d": JAPANESE}
