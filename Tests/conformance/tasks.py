"""Every task call that larkive makes."""

from lark_oapi.api.task.v2 import (
    GetAttachmentRequest,
    GetTaskRequest,
    ListAttachmentRequest,
    ListTasklistRequest,
    ListTaskSubtaskRequest,
    TasksTasklistRequest,
)

from feishu import download


def walk(feishu, report):
    for tasklist in tasklists(feishu):
        for summary in tasks(feishu, tasklist.guid):
            report.true("a summary has no attachments", not hasattr(summary, "attachments"))
            task = get(feishu, summary.guid)
            report.equal("summary", task.summary, summary.summary)
            yield from family(feishu, report, task)


def family(feishu, report, task):
    """A task's attachments, and those of its subtasks, however deep."""
    yield from attachments(feishu, report, task)
    children = list(subtasks(feishu, task.guid))
    report.equal("subtask_count", len(children), task.subtask_count)
    for child in children:
        report.equal("parent_task_guid", child.parent_task_guid, task.guid)
        yield from family(feishu, report, child)


def paged(builder, size):
    def request(token):
        sized = builder().page_size(size)
        return sized.page_token(token) if token else sized

    return request


def tasklists(feishu, size=1):
    return feishu.pages(feishu.lark.task.v2.tasklist.list, paged(ListTasklistRequest.builder, size))


def tasks(feishu, guid, size=17):
    def builder():
        return TasksTasklistRequest.builder().tasklist_guid(guid)

    return feishu.pages(feishu.lark.task.v2.tasklist.tasks, paged(builder, size))


def get(feishu, guid):
    request = GetTaskRequest.builder().task_guid(guid).build()
    return feishu.data(feishu.lark.task.v2.task.get(request)).task


def subtasks(feishu, guid, size=50):
    def builder():
        return ListTaskSubtaskRequest.builder().task_guid(guid)

    return feishu.pages(feishu.lark.task.v2.task_subtask.list, paged(builder, size))


def list_attachments(feishu, guid, size=20):
    def builder():
        return ListAttachmentRequest.builder().resource_type("task").resource_id(guid)

    return feishu.pages(feishu.lark.task.v2.attachment.list, paged(builder, size))


def attachment(feishu, guid):
    request = GetAttachmentRequest.builder().attachment_guid(guid).build()
    return feishu.data(feishu.lark.task.v2.attachment.get(request)).attachment


def attachments(feishu, report, task):
    listed = list(list_attachments(feishu, task.guid))
    inside = [item.guid for item in task.attachments or []]
    report.equal("guids inside the task", sorted(inside), sorted(item.guid for item in listed))
    report.true("no url inside a task", all(not item.url for item in task.attachments or []))
    dates = [int(item.uploaded_at) for item in listed]
    report.equal("sorted by upload", dates, sorted(dates))
    for item in listed:
        single = attachment(feishu, item.guid)
        report.true("each answer has its own link", single.url != item.url)
        for url in (item.url, single.url):
            name, size, digest = download(url)
            report.equal("name of the link", name, item.name)
            report.equal("declared size", size, item.size)
        yield ("task", task.guid, item.guid), {
            "name": single.name,
            "size": size,
            "sha256": digest,
            "file_token": single.file_token,
        }
