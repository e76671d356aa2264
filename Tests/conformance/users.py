"""Logs in with Feishu's official client and looks at what a user may see.

usage: users.py http://127.0.0.1:PORT      (a sandbox of world.yaml)
"""

import base64
import hashlib
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import lark_oapi as lark
from lark_oapi.api.authen.v1 import GetUserInfoRequest
from lark_oapi.api.mail.v1 import (
    AccessibleMailboxesUserMailboxRequest,
    ListPublicMailboxRequest,
    ListUserMailboxMessageRequest,
)
from lark_oapi.api.task.v2 import ListTaskRequest
from lark_oapi.core.exception import AccessTokenException

import checks
import feishu as wire
from walk import counters

REDIRECT = "http://127.0.0.1:9/back"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0"
SCOPE = " ".join([
    "mail:user_mailbox:readonly", "mail:public_mailbox:readonly", "task:task:read",
    "mail:user_mailbox.folder:read", "mail:user_mailbox.message:readonly", "offline_access",
    "contact:user.email:readonly",
])


class Person:
    """The official client, speaking for the user."""

    def __init__(self, address):
        self.address = address
        builder = lark.Client.builder().app_id(wire.APP_ID).app_secret(wire.APP_SECRET)
        builder = builder.domain(address).oauth_base_url(address).enable_set_token(True)
        self.lark = builder.log_level(lark.LogLevel.ERROR).build()
        self.token = None

    def option(self):
        return lark.RequestOption.builder().user_access_token(self.token).build()

    def data(self, call, request):
        return wire.Feishu.data(call(request, self.option()))

    def accessible(self, mailbox):
        request = AccessibleMailboxesUserMailboxRequest.builder().user_mailbox_id(mailbox).build()
        return self.data(self.lark.mail.v1.user_mailbox.accessible_mailboxes, request)

    def tasks(self, size=1):
        def call(request):
            return self.lark.task.v2.task.list(request, self.option())

        def request(token):
            builder = ListTaskRequest.builder().type("my_tasks").page_size(size)
            return builder.page_token(token) if token else builder

        return list(wire.Feishu.pages(wire.Feishu, call, request))

    def messages(self, mailbox):
        request = ListUserMailboxMessageRequest.builder().user_mailbox_id(mailbox)
        request = request.folder_id("INBOX").page_size(20).build()
        return self.data(self.lark.mail.v1.user_mailbox_message.list, request).items


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def consent(address, **changes):
    """Where the authorize page leads, as a mapping of its query."""
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    fields = {
        "client_id": wire.APP_ID, "response_type": "code", "redirect_uri": REDIRECT,
        "scope": SCOPE, "state": "some state", "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    } | changes
    url = f"{address}/open-apis/authen/v1/authorize?{urllib.parse.urlencode(fields)}"
    try:
        urllib.request.build_opener(NoRedirect).open(url)
    except urllib.error.HTTPError as answer:
        location = answer.headers["Location"] or ""
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    return {}


def post(url, body, kind="application/json"):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def refused(call):
    try:
        call()
    except AccessTokenException as error:
        return error.status_code, error.code
    return None


def login(report, person):
    """A code, tokens, and the refusals on the way; returns the refresh token."""
    back = consent(person.address)
    report.equal("state", back.get("state"), "some state")
    get = person.lark.access_token.retrieve_by_authorization_code
    wrong = lambda: get(back["code"], REDIRECT, "w" * 43)
    report.equal("wrong verifier", refused(wrong), (400, 20049))
    tokens = get(back["code"], REDIRECT, VERIFIER)
    report.equal("scope", set(tokens.scope.split()), set(SCOPE.split()))
    report.equal("lives", (tokens.expires_in, tokens.refresh_token_expires_in), (7200, 604800))
    report.equal("code again", refused(lambda: get(back["code"], REDIRECT, VERIFIER)), (400, 20065))
    person.token = tokens.access_token
    return tokens.refresh_token


def refresh(report, person, token):
    """Over the newer path with the client, over the older one as a form."""
    ask = person.lark.access_token.refresh
    new = ask(token)
    report.equal("refresh token again", refused(lambda: ask(token)), (400, 20073))
    report.equal("unknown refresh token", refused(lambda: ask("ur-none")), (400, 20026))
    form = {
        "grant_type": "refresh_token", "client_id": wire.APP_ID,
        "client_secret": wire.APP_SECRET, "refresh_token": new.refresh_token,
    }
    url = person.address + "/open-apis/authen/v2/oauth/token"
    kind = "application/x-www-form-urlencoded"
    status, text = post(url, urllib.parse.urlencode(form).encode(), kind)
    answer = json.loads(text)
    report.equal("refresh by form", (status, answer["code"]), (200, 0))
    person.token = answer["access_token"]
    return answer["refresh_token"]


def look(report, person):
    """What a user sees of themselves, their mailboxes and their tasks."""
    info = person.data(person.lark.authen.v1.user_info.get, GetUserInfoRequest.builder().build())
    report.equal("user", (info.name, info.email), ("刘洋", "liu.yang@xinghe.example"))
    listed = person.accessible("me").accessible_mailboxes
    kinds = [(item.email_address, item.email_type) for item in listed]
    own = ("liu.yang@xinghe.example", "USER_PRIMARY")
    report.equal("mailboxes", kinds, [own, ("sales@xinghe.example", "PUBLIC_MAILBOX")])
    request = ListPublicMailboxRequest.builder().page_size(1).build()
    found = person.data(person.lark.mail.v1.public_mailbox.list, request)
    report.equal("public", [item.email for item in found.items], ["sales@xinghe.example"])
    report.equal("me", person.messages("me"), person.messages(own[0]))
    tasks = person.tasks()
    report.equal("tasks", [task.guid for task in tasks], ["33333333-3333-4333-a333-333333333333"])
    files = tasks[0].attachments
    report.equal("files", [(file.name, file.url) for file in files], [("投标书.docx", None)])


def limits(report, person):
    """What is refused to a user, and what to the app."""
    app = wire.Feishu(person.address)
    request = ListTaskRequest.builder().type("my_tasks").build()
    mine = lambda: app.data(app.lark.task.v2.task.list(request))
    ask = AccessibleMailboxesUserMailboxRequest.builder().user_mailbox_id("me").build()
    me = lambda: app.data(app.lark.mail.v1.user_mailbox.accessible_mailboxes(ask))
    table = [
        ("my tasks of an app", (400, 99991663), mine),
        ("mailboxes of an app", (400, 1230005), me),
        ("mailboxes of a public one", (403, 1230004), lambda: person.accessible("sales@xinghe.example")),
        ("somebody else's mail", (403, 1230002), lambda: person.messages("locked@xinghe.example")),
    ]
    for what, (status, code), call in table:
        report.equal(what, checks.refusal(call), (status, code, True))


def doors(report, person, token):
    """Revoking, changing the world, bad weather."""
    control = person.address + "/_sandbox/"
    report.equal("revoke", post(control + "user/revoke", b""), (200, "ok\n"))
    report.equal("revoked", checks.refusal(lambda: person.messages("me")), (400, 99991668, True))
    gone = lambda: person.lark.access_token.refresh(token)
    report.equal("revoked refresh token", refused(gone), (400, 20064))
    change = b'{"delete_task": "33333333-3333-4333-a333-333333333333"}'
    report.equal("change", post(control + "world", change), (200, "ok\n"))
    report.equal("no such thing", post(control + "world", change)[0], 400)
    storm = b'{"storm": {"seed": 1, "rate": 1, "kinds": ["server_error"]}}'
    report.equal("storm", post(control + "faults", storm), (200, "ok\n"))
    url = person.address + "/open-apis/auth/v3/tenant_access_token/internal"
    report.true("hit by the storm", post(url, b"{}")[0] >= 500)


def main(address):
    report = checks.Report()
    person = Person(address)
    report.equal("no consent", consent(address, client_id="cli_nobody"), {})
    token = login(report, person)
    look(report, person)
    limits(report, person)
    token = refresh(report, person, token)
    report.true("a new token is as good", person.messages("me"))
    doors(report, person, token)
    seen = counters(address)
    report.equal("refresh tokens used twice", seen["refresh_reuse"], 1)
    report.equal("violations", seen["violations"], 1)
    report.equal("faults met", seen["faults_met"], 1)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
