"""The official client, and a plain one for links."""

import hashlib
import re
import urllib.error
import urllib.parse
import urllib.request

import lark_oapi as lark

APP_ID = "cli_sandbox0000000001"
APP_SECRET = "sandbox-secret-not-real"


class Refused(Exception):
    def __init__(self, response):
        self.status = response.raw.status_code
        self.code = response.code
        self.headers = response.raw.headers
        self.log_id = response.get_log_id()
        super().__init__(f"HTTP {self.status}, code {self.code}: {response.msg}")


def client(address, secret=APP_SECRET, app_id=APP_ID):
    builder = lark.Client.builder().app_id(app_id).app_secret(secret)
    return builder.domain(address).log_level(lark.LogLevel.ERROR).build()


class Feishu:
    def __init__(self, address):
        self.address = address
        self.lark = client(address)

    @staticmethod
    def data(response):
        """The data of a good answer."""
        if not response.success():
            raise Refused(response)
        return response.data

    def pages(self, call, builder):
        """Every item of a paged list; only `has_more` decides whether there is another page."""
        token = None
        while True:
            data = self.data(call(builder(token).build()))
            yield from data.items or []
            if not data.has_more:
                return
            if not data.page_token or data.page_token == token:
                raise AssertionError("has_more without a new page_token")
            token = data.page_token


def download(url):
    """One plain GET without credentials: the name, the length and the digest of what came."""
    with urllib.request.urlopen(url) as answer:
        disposition = answer.headers["Content-Disposition"]
        declared = int(answer.headers["Content-Length"])
        digest, size = hashlib.sha256(), 0
        while piece := answer.read(1 << 16):
            digest.update(piece)
            size += len(piece)
    if size != declared:
        raise AssertionError(f"{size} bytes came, {declared} were declared")
    encoded = re.search(r"filename\*=UTF-8''(\S+)", disposition).group(1)
    return urllib.parse.unquote(encoded), size, digest.hexdigest()


def status(url, method="GET"):
    """The HTTP status of a link, whatever it is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
