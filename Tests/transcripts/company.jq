# The company of S2: 3 mailboxes with 400 messages and 950 attachments, of which 60 are inline and
# 5 are of type 2; 40 tasks with 70 attachments. Some files are the same bytes as others.
def digits: "000\(.)"[-3:];
def file($content): {content: $content, size: (200 + $content * 37 % 4000)};

def attachment($message; $number):
    ($message / 2) as $turn
    | ($number == 1 and $turn >= 100 and $turn < 105) as $is_oversized
    | file(if $is_oversized then 5000 + $turn else ($message * 5 + $number) % 700 end)
    + {
        id: "m\($message | digits)-\($number)",
        name: "\(["报价单", "invoice", "Scan", "合同"][$number % 4]) \($message).pdf",
        oversized: $is_oversized,
        inline: ($number == 0 and $turn < 60)
    };

def message:
    . as $message
    | (if . % 2 == 1 then 0 elif . % 8 == 6 then 4 else 5 end) as $count
    | {
        id: "m\(digits)",
        subject: "Order \($message)",
        folder: ["INBOX", "INBOX", "ARCHIVED", "SENT"][$message / 3 % 4 | floor],
        attachments: [range($count) | attachment($message; .)]
    };

{
    seed: 2,
    mailboxes: [
        ["legal", "alice", "bob"] | to_entries[] | .key as $place
        | {
            address: "\(.value)@corp.example",
            messages: [range(400) | select(. % 3 == $place) | message]
        }
    ],
    tasklists: [{guid: "offers", name: "Offers"}],
    tasks: [
        range(40) | . as $task
        | {
            guid: "task-\(digits)", summary: "Offer \($task)", tasklists: ["offers"],
            attachments: [
                range(if $task < 30 then 2 else 1 end)
                | file(600 + ($task * 3 + .) % 200)
                + {guid: "file-\($task | digits)-\(.)", name: "offer \($task) \(.).docx"}
            ]
        }
    ]
}
