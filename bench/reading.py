"""How fast arriving mail is read and judged, through the child process as always, and in what memory."""

from __future__ import annotations

import resource
import time

from bench.telling import tell
from crm.mail.apart import ReaderApart
from crm.rules.verdicts import classify
from tests.mails.corpus import specimens
from tests.mails.writing import WE

MAILS = 10_000


def main() -> None:
    raws = [specimen.raw for specimen in specimens()]
    reader = ReaderApart()
    took: list[float] = []
    began = time.perf_counter()
    for number in range(MAILS):
        start = time.perf_counter()
        classify(reader.parse(raws[number % len(raws)]), WE)
        took.append(time.perf_counter() - start)
    seconds = time.perf_counter() - began
    reader.close()
    took.sort()
    tell(f"{MAILS:,} mails read apart and judged in {seconds:.1f} s: {MAILS / seconds:,.0f} a second")
    middle, slow = took[MAILS // 2] * 1_000, took[MAILS * 99 // 100] * 1_000
    tell(f"   each {middle:.2f} ms in the middle, {slow:.2f} ms at p99")
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    tell(f"   memory at its highest: {here} MB here, {child} MB in the child (it may have 300)")


if __name__ == "__main__":
    main()
