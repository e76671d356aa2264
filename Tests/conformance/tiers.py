"""Meets the rate limits with Feishu's official client, and does as it is told.

usage: tiers.py http://127.0.0.1:PORT
"""

import sys
import time

import checks
import mail
from feishu import Feishu, Refused
from walk import counters, truth


def throttled(call, times):
    """The refusal that one of so many calls meets, if any."""
    for _ in range(times):
        try:
            call()
        except Refused as refused:
            return refused
    return None


def judge(report, what, call, limit):
    refused = throttled(call, 10 * limit)
    report.true(f"{what} is throttled", refused is not None)
    if refused is None:
        return
    headers = {name.lower(): value for name, value in refused.headers.items()}
    report.equal(f"{what}: verdict", (refused.status, refused.code), (429, 99991400))
    report.equal(f"{what}: limit", headers["x-ogw-ratelimit-limit"], str(limit))
    time.sleep(int(headers["x-ogw-ratelimit-reset"]))
    report.true(f"{what} goes on after the wait", throttled(call, 1) is None)


def main(address):
    report = checks.Report()
    feishu = Feishu(address)
    line = next(line for line in truth(address) if line["kind"] == "mail")
    mailbox, message = line["mailbox"], line["message_id"]
    wanted = [line["attachment_id"]]
    judge(report, "links", lambda: mail.links(feishu, report, mailbox, message, wanted), 1)
    judge(report, "messages", lambda: list(mail.message_ids(feishu, mailbox, "DRAFT")), 10)
    report.equal("throttled calls are counted", counters(address)["total_throttled"], 2)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
