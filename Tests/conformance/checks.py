"""What is judged, and the count of it."""

import json
import urllib.error
import urllib.request

import feishu as wire
import mail
import tasks


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def fail(self, what):
        self.failed += 1
        print(f"FAIL {what}")

    def true(self, what, condition):
        if condition:
            self.passed += 1
        else:
            self.fail(what)

    def equal(self, what, got, wanted):
        self.true(f"{what}: got {got!r}, wanted {wanted!r}", got == wanted)

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def refusal(call):
    """HTTP status, code and whether the log id arrived; None when nothing was refused."""
    try:
        call()
    except wire.Refused as refused:
        return refused.status, refused.code, bool(refused.log_id)
    return None


def refusals(report, feishu, mailbox, lines):
    """The documented answers to what a client must not ask."""
    task = next(line["task_guid"] for line in lines if line["kind"] == "task")
    unknown = "bm90IHRoZXJlLw=="
    table = [
        ("mail page_size 21", (400, 1230001), lambda: list(mail.message_ids(feishu, mailbox, "INBOX", 21))),
        ("mail page_size 0", (400, 1230001), lambda: list(mail.message_ids(feishu, mailbox, "INBOX", 0))),
        ("unknown folder", (400, 1230001), lambda: list(mail.message_ids(feishu, mailbox, "no such"))),
        ("unknown message", (404, 1234034), lambda: mail.get(feishu, mailbox, unknown)),
        ("unknown id in a batch", (400, 1230006), lambda: mail.batch(feishu, report, mailbox, [unknown])),
        ("21 ids in a batch", (400, 1230001), lambda: mail.batch(feishu, report, mailbox, [unknown] * 21)),
        ("me with a tenant token", (400, 1230005), lambda: mail.get(feishu, "me", unknown)),
        ("get in a missing mailbox", (404, 1235013), lambda: mail.get(feishu, "no@body", unknown)),
        ("task page_size 101", (400, 1470400), lambda: list(tasks.subtasks(feishu, task, 101))),
        ("unknown task", (404, 1470404), lambda: tasks.get(feishu, "no-such-task")),
        ("unknown attachment", (404, 1470404), lambda: tasks.attachment(feishu, "no-such-guid")),
        ("no resource_id", (400, 1470400), lambda: list(tasks.list_attachments(feishu, ""))),
    ]
    for what, (status, code), call in table:
        report.equal(what, refusal(call), (status, code, True))
    report.equal("no token", bare(feishu, None), (400, 99991661))
    report.equal("a dead token", bare(feishu, "Bearer t-dead"), (400, 99991663))
    report.equal("wrong secret", wrong_secret(feishu), (200, 10015))
    report.equal("unknown path", wire.status(feishu.address + "/open-apis/nothing"), 404)


def bare(feishu, authorization):
    """Asks a question with a bad parameter: authorization is looked at first."""
    url = feishu.address + "/open-apis/task/v2/tasklists?page_size=0"
    headers = {"Authorization": authorization} if authorization else {}
    try:
        urllib.request.urlopen(urllib.request.Request(url, headers=headers))
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["code"]
    return None


def wrong_secret(feishu):
    url = feishu.address + "/open-apis/auth/v3/tenant_access_token/internal"
    body = json.dumps({"app_id": wire.APP_ID, "app_secret": "wrong"}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=body)) as answer:
        return answer.status, json.load(answer)["code"]


def links(report, feishu, mailbox, lines):
    """Links wear out: mail after two uses, tasks after three; a HEAD is a use."""
    letter = next(line for line in lines if line.get("mailbox") == mailbox)
    wanted = [letter["attachment_id"]]
    url = mail.links(feishu, report, mailbox, letter["message_id"], wanted)[wanted[0]]
    report.equal("mail link", [wire.status(url) for _ in range(3)], [200, 200, 403])
    task = next(line for line in lines if line["kind"] == "task")
    url = tasks.attachment(feishu, task["guid"]).url
    uses = [wire.status(url, "HEAD")] + [wire.status(url) for _ in range(3)]
    report.equal("task link", uses, [200, 200, 200, 403])
    report.equal("unknown link", wire.status(url + "x"), 403)


def tally(report, counters):
    """The sandbox noticed what was done to it, and no more."""
    report.equal("uses beyond the limit", counters["third_use"], 2)
    report.equal("expired uses", counters["expired_use"], 0)
    report.equal("Authorization on links", counters["authorization_on_link_host"], 0)
    report.equal("HEAD", counters["head"], 1)
    report.equal("violations", counters["violations"], 3)
    report.equal("throttled", counters["total_throttled"], 0)
