"""`python -m benchmarks [NAME …]` prints the speed table, or some of its rows; 1 if one is not reached."""

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import report
from benchmarks.run import NAMES, Run
from benchmarks.table import drawn


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"rows to measure: {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    if unknown := sorted(set(names) - set(NAMES)):
        parser.error(f"there is no row {', '.join(unknown)}")
    wanted = frozenset(names)
    with TemporaryDirectory() as folder:
        run = Run(wanted, Path(folder))
        asyncio.run(run.measure())
        verdicts = run.verdicts()
    rows = report.rows(run.found, verdicts, wanted)
    sys.stdout.write("\n".join([drawn(rows), "", *report.below(run.found, verdicts), ""]))
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
