"""What failing tasks say: messages as td>, py>, sh>, http> and require> give them, with changing parts."""

from random import Random
from uuid import UUID

# Placeholders: {job} {query} {uuid} {date} {n} {host}; drawn from the attempt's id, so a message stays.
MESSAGES: dict[str, str] = {
    "missing_table": (
        "Query {query} failed: line {n}:15: Table td-presto.shop.orders does not exist\n"
        "started at {date}T03:12:44Z, job {job}\n"
        "presto version: 423\n"
        "executing query: SELECT store, sum(price) FROM orders GROUP BY 1"
    ),
    "presto_memory": (
        "Query {query} failed: Query exceeded per-node total memory limit of 40GB "
        "[Allocated: 39.9{n}GB, Top Consumers: {{HashAggregationOperator=21.3GB}}]\n"
        "started at {date}T04:00:02Z, job {job}"
    ),
    "hive": (
        "FAILED: Execution Error, return code 2 from org.apache.hadoop.hive.ql.exec.mr.MapRedTask\n"
        "MapReduce Jobs Launched:\n"
        "Stage-Stage-1: Map: {n} Reduce: 1 HDFS Read: 0 FAIL, job {job}"
    ),
    "python": (
        "Python command failed with code 1: no rows for {date} (ValueError)\n"
        "Traceback (most recent call last):\n"
        '  File "/tmp/digdag-py-{job}/runner.py", line 201, in <module>\n'
        "    result = method(**callable_args)\n"
        '  File "/tmp/digdag-py-{job}/scoring/train.py", line {n}, in train\n'
        "    raise ValueError(f'no rows for {{day}}')\n"
        "ValueError: no rows for {date} (runtime)"
    ),
    "shell": "Command failed with code {n} (runtime)",
    "http_503": "503 Service Unavailable: POST https://{host}/v2/segments/{uuid}/sync (runtime)",
    "http_401": (
        "401 Unauthorized: GET https://{host}/v3/accounts/{job}/campaigns"
        "?access_token=EAAGm0PX4ZCpsBAKZCnotreal{job}"
    ),
    "secret": (
        "Failed to connect: jdbc:postgresql://loader:hunter2-not-real@{host}:5432/crm (runtime)\n"
        "Authorization: TD1 1/0123456789abcdef0123456789abcdef01234567"
    ),
    "japanese": "売上ファイルが空です: s3://uriage/{date}/store_{n}.csv ☃",
    "expression": (
        "Failed to evaluate a variable ${{shop.id}} (ReferenceError: shop is not defined in {uuid}) (config)"
    ),
    "s3": (
        "The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; "
        "Request ID: {uuid}) key=exports/{date}/part-{n}.gz"
    ),
    "requires": "Dependent workflow failed. Session id: {job}, attempt id: {n}",
    "timeout": "Task execution timeout: {n}",
    "markup": "<!channel> & *bold* `code` </script> at row {n}",
}
# The operators whose tasks say such things.
OPERATORS = {
    "missing_table": "td>",
    "presto_memory": "td>",
    "hive": "td>",
    "python": "py>",
    "timeout": "py>",
    "shell": "sh>",
    "http_503": "http>",
    "s3": "td>",
    "requires": "require>",
}


def message(cause: str, seed: int, date: str) -> str:
    """The text of a known cause; the same for the same seed and date (ISO)."""
    rng = Random(seed)
    return MESSAGES[cause].format(
        query=f"{date.replace('-', '')}_{rng.randrange(240000):06}_{rng.randrange(99999):05}_x7k2p",
        job=rng.randint(10**8, 10**9),
        uuid=UUID(int=rng.getrandbits(128), version=4),
        date=date,
        n=rng.randint(2, 99),
        host=rng.choice(("api.crm.example.com", "ads.example.com", "db-7.internal.example.com")),
    )
