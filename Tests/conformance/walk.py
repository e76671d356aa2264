"""Walks the sandbox with Feishu's official client, as larkive would, and judges what it finds.

usage: walk.py http://127.0.0.1:PORT
"""

import json
import sys
import urllib.request

import checks
import mail
import tasks
from feishu import Feishu


def truth(address):
    with urllib.request.urlopen(address + "/_sandbox/truth") as answer:
        return [json.loads(line) for line in answer]


def counters(address):
    with urllib.request.urlopen(address + "/_sandbox/counters") as answer:
        return json.load(answer)


def key(line):
    """What makes an attachment one: the same three or two parts as in larkive's archive."""
    if line["kind"] == "mail":
        return "mail", line["mailbox"], line["message_id"], line["attachment_id"]
    return "task", line["task_guid"], line["guid"]


def compare(report, found, expected):
    """Both directions: nothing is missing, nothing is there that should not be."""
    report.equal("attachments found", len(found), len(expected))
    for name, line in expected.items():
        report.equal(f"{name}", found.get(name), line)
    for name in found.keys() - expected.keys():
        report.fail(f"{name} is not in the truth")


def facts(line):
    names = ["name", "size", "sha256"]
    names += ["folder", "type", "inline"] if line["kind"] == "mail" else ["file_token"]
    return {name: line[name] for name in names}


def main(address):
    report = checks.Report()
    lines = truth(address)
    expected = {key(line): facts(line) for line in lines}
    mailboxes = sorted({line["mailbox"] for line in lines if line["kind"] == "mail"})
    feishu = Feishu(address)

    found = dict(mail.walk(feishu, report, mailboxes))
    found.update(tasks.walk(feishu, report))
    compare(report, found, expected)
    checks.refusals(report, feishu, mailboxes[0], lines)
    checks.links(report, feishu, mailboxes[0], lines)
    checks.tally(report, counters(address))
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
