"""Every mail call that larkive makes."""

from lark_oapi.api.mail.v1 import (
    BatchGetUserMailboxMessageRequest,
    BatchGetUserMailboxMessageRequestBody,
    DownloadUrlUserMailboxMessageAttachmentRequest,
    GetUserMailboxMessageRequest,
    ListUserMailboxFolderRequest,
    ListUserMailboxMessageRequest,
)

from feishu import download

BATCH = 20


def walk(feishu, report, mailboxes):
    for mailbox in mailboxes:
        for folder in folders(feishu, report, mailbox):
            ids = list(message_ids(feishu, mailbox, folder))
            report.true(f"{mailbox} {folder}: no id twice", len(ids) == len(set(ids)))
            for start in range(0, len(ids), BATCH):
                for message in batch(feishu, report, mailbox, ids[start : start + BATCH]):
                    report.equal("folder_id", message.folder_id, folder)
                    yield from attachments(feishu, report, mailbox, message)


def folders(feishu, report, mailbox):
    def ask(kind=None):
        request = ListUserMailboxFolderRequest.builder().user_mailbox_id(mailbox)
        request = request.folder_type(kind) if kind else request
        return feishu.data(feishu.lark.mail.v1.user_mailbox_folder.list(request.build())).items

    everything, system, own = ask(), ask(1), ask(2)
    ids = [folder.id for folder in everything]
    report.equal("folders of both types", ids, [f.id for f in system + own])
    report.true("system folders", {"INBOX", "SENT", "TRASH", "DRAFT"} <= {f.id for f in system})
    report.true("user folders are type 2", own and all(f.folder_type == 2 for f in own))
    return ids


def message_ids(feishu, mailbox, folder, size=BATCH):
    def request(token):
        builder = ListUserMailboxMessageRequest.builder().user_mailbox_id(mailbox)
        builder = builder.folder_id(folder).page_size(size)
        return builder.page_token(token) if token else builder

    return feishu.pages(feishu.lark.mail.v1.user_mailbox_message.list, request)


def batch(feishu, report, mailbox, ids):
    body = BatchGetUserMailboxMessageRequestBody.builder().format("full").message_ids(ids).build()
    request = BatchGetUserMailboxMessageRequest.builder().user_mailbox_id(mailbox)
    call = feishu.lark.mail.v1.user_mailbox_message.batch_get
    messages = feishu.data(call(request.request_body(body).build())).messages
    report.equal("ids of a batch", [message.message_id for message in messages], ids)
    return messages


def get(feishu, mailbox, message_id):
    request = GetUserMailboxMessageRequest.builder().user_mailbox_id(mailbox)
    request = request.message_id(message_id).format("full").build()
    return feishu.data(feishu.lark.mail.v1.user_mailbox_message.get(request)).message


def attachments(feishu, report, mailbox, message):
    report.true("internal_date is a string", isinstance(message.internal_date, str))
    report.true("a body proves the scope", message.body_html and message.body_plain_text)
    listed = message.attachments or []
    if listed:
        single = get(feishu, mailbox, message.message_id)
        report.equal("get is as batch_get", ids(single.attachments), ids(listed))
    urls = links(feishu, report, mailbox, message.message_id, ids(listed))
    for attachment in listed:
        name, size, digest = download(urls[attachment.id])
        report.equal("name of the link", name, attachment.filename)
        yield ("mail", mailbox, message.message_id, attachment.id), {
            "name": attachment.filename,
            "size": size,
            "sha256": digest,
            "folder": message.folder_id,
            "type": attachment.attachment_type,
            "inline": attachment.is_inline,
        }


def ids(attachments):
    return [attachment.id for attachment in attachments]


def links(feishu, report, mailbox, message_id, wanted):
    """Links for all attachments of a message, up to twenty ids in a call."""
    urls = {}
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        request = DownloadUrlUserMailboxMessageAttachmentRequest.builder()
        request = request.user_mailbox_id(mailbox).message_id(message_id).attachment_ids(some)
        call = feishu.lark.mail.v1.user_mailbox_message_attachment.download_url
        data = feishu.data(call(request.build()))
        report.equal("failed_ids", data.failed_ids or [], [])
        urls.update({item.attachment_id: item.download_url for item in data.download_urls})
    return urls
