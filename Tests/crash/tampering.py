"""The operators of S8: what is done to a finished archive, and who has to notice.

`FOUND` means that the audit folder alone shows it. `OUTSIDE` needs a note and a key that were kept
elsewhere; without them it has to be among what is "not excluded". `NAMED` is not an error, since a
crash can leave the same: it has to be said. `SAME` changes nothing that is promised. `VERDICT` is
for `larkive verify`, outside the audit folder.
"""
import hashlib
import os
import sqlite3

import forge
import specimen

FOUND, OUTSIDE, NAMED, SAME, VERDICT, REMARK = "found", "outside", "named", "same", "verdict", "remark"
OPERATORS = {}


def operator(expected):
    def register(function):
        OPERATORS[function.__name__.replace("_", " ")] = (function, expected)
        return function
    return register


def random_line(log, dice):
    """A line, the segment that it stands in, and its place there."""
    segment = dice.choice([each for each in log.segments if each])
    place = dice.randrange(len(segment))
    return segment[place], segment, place


def rewrite(log, data_of):
    """Writes the segments with `data_of(line)` in place of some lines."""
    for path, segment in zip(log.paths, log.segments):
        forge.write(path, forge.pack(b"".join(data_of(line) for line in segment)))


# Lines


@operator(FOUND)
def edit_a_byte_of_a_record(log, dice, _):
    victim, *_ = random_line(log, dice)
    changed = forge.changed_byte(victim.record, dice)
    rewrite(log, lambda line: line.data.replace(victim.record, changed) if line is victim else line.data)


@operator(FOUND)
def edit_a_private_part(log, dice, _):
    victim, *_ = random_line(log, dice)
    victim.private = forge.changed_byte(victim.private[:-1], dice, rb"[0-9]") + b"}"
    log.write_segments()


@operator(FOUND)
def edit_a_private_part_and_its_commitment(log, dice, _):
    victim, *_ = random_line(log, dice)
    victim.private = forge.changed_byte(victim.private[:-1], dice, rb"[0-9]") + b"}"
    victim.commit()
    log.write_segments()


@operator(FOUND)
def edit_a_record_and_all_links_after_it(log, dice, _):
    victim, *_ = random_line(log, dice)
    victim.fields["run"] = "20200101T000000Z-00000000"
    log.chain()
    log.write_segments()


@operator(FOUND)
def edit_all_but_the_notes(log, dice, _):
    victim, *_ = random_line(log, dice)
    victim.fields["run"] = "20200101T000000Z-00000000"
    log.chain()
    log.write_segments()
    log.write_tiles()


@operator(FOUND)
def drop_a_line(log, dice, _):
    _, segment, place = random_line(log, dice)
    del segment[place]
    log.write_segments()


@operator(FOUND)
def drop_a_line_and_renumber(log, dice, _):
    _, segment, place = random_line(log, dice)
    del segment[place]
    log.chain()
    log.write_segments()


@operator(FOUND)
def drop_the_newest_line(log, _dice, _):
    del log.segments[-1][-1]
    log.write_segments()


@operator(FOUND)
def repeat_a_line(log, dice, _):
    victim, segment, place = random_line(log, dice)
    segment.insert(place, victim)
    log.write_segments()


@operator(FOUND)
def swap_two_lines(log, dice, _):
    segment = dice.choice([each for each in log.segments if len(each) > 1])
    one, other = dice.sample(range(len(segment)), 2)
    segment[one], segment[other] = segment[other], segment[one]
    log.write_segments()


@operator(FOUND)
def erase_a_private_part(log, dice, _):
    victim, *_ = random_line(log, dice)
    victim.private = b"null"
    log.write_segments()


@operator(FOUND)
def write_a_line_in_another_form(log, dice, _):
    victim, *_ = random_line(log, dice)
    other = dice.choice([
        lambda data: data.replace(b'":', b'": ', 1), lambda data: data[:-1] + b"\r\n",
        lambda data: b" " + data, lambda data: data.replace(b'"private"', b'"Private"'),
        lambda data: data.replace(b'{"record":', b'{"record":{},"record":'),
        lambda data: data[:-2] + b',"more":1}\n',
    ])
    rewrite(log, lambda line: other(line.data) if line is victim else line.data)


@operator(FOUND)
def forge_a_last_line_that_does_not_fit(log, dice, _):
    forged = forge.Line(dice.choice(log.lines()).data)
    log.segments[-1].append(forged)
    log.write_segments()


@operator(NAMED)
def forge_a_last_line_that_fits(log, dice, _):
    forged = forge.Line(dice.choice(log.lines()[1:]).data)
    log.segments[-1].append(forged)
    log.chain()
    log.write_segments()


@operator(NAMED)
def forge_a_line_of_the_journal(log, dice, _):
    forged = forge.Line(dice.choice(log.lines()[1:]).data)
    log.segments.append([forged])
    log.chain()
    (log.audit / "open.jsonl").write_bytes(forged.data)


# Segments


@operator(FOUND)
def drop_a_middle_segment(log, dice, _):
    dice.choice(log.paths[1:-1]).unlink()


@operator(FOUND)
def drop_the_first_segment(log, _dice, _):
    log.paths[0].unlink()


@operator(FOUND)
def drop_the_newest_segment(log, _dice, _):
    log.paths[-1].unlink()


@operator(FOUND)
def drop_the_newest_segment_and_note_and_leave_the_tiles(log, _dice, _):
    log.paths[-1].unlink()
    log.notes[-1].unlink()
    forge.write(log.newest, log.notes[-2].read_bytes(), 0o600)


@operator(OUTSIDE)
def drop_the_newest_segment_and_all_that_names_it(log, _dice, _):
    log.cut(len(log.paths) - 1)


@operator(OUTSIDE)
def drop_a_whole_tail(log, dice, _):
    log.cut(dice.randrange(1, len(log.paths)))


@operator(FOUND)
def swap_two_segments(log, dice, _):
    one, other = dice.sample(log.paths, 2)
    first, second = one.read_bytes(), other.read_bytes()
    forge.write(one, second)
    forge.write(other, first)


@operator(FOUND)
def copy_a_segment_to_the_end(log, dice, _):
    last = log.paths[-1]
    copy = last.with_name(f"{len(log.paths):09}.jsonl.gz")
    forge.write(copy, dice.choice(log.paths).read_bytes())


@operator(SAME)
def compress_a_segment_again(log, dice, _):
    place = dice.randrange(len(log.paths))
    data = b"".join(line.data for line in log.segments[place])
    forge.write(log.paths[place], forge.pack(data, dice.randrange(10)))


@operator(FOUND)
def zeros_behind_a_segment(log, dice, _):
    path = dice.choice(log.paths)
    forge.write(path, path.read_bytes() + bytes(dice.randrange(1, 600)))


@operator(FOUND)
def a_second_member_behind_a_segment(log, dice, _):
    path, more = dice.choice(log.paths), dice.choice([b"", log.lines()[-1].data])
    forge.write(path, path.read_bytes() + forge.pack(more))


@operator(FOUND)
def shorten_a_segment(log, dice, _):
    path = dice.choice(log.paths)
    data = path.read_bytes()
    forge.write(path, data[:dice.randrange(len(data))])


# Tiles, notes, keys


def random_tile(log, dice):
    return dice.choice(sorted(p for p in (log.audit / "tlog/tile").rglob("*") if p.is_file()))


@operator(FOUND)
def edit_a_tile(log, dice, _):
    path = random_tile(log, dice)
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= dice.randrange(1, 256)
    forge.write(path, bytes(data))


@operator(FOUND)
def shorten_a_tile(log, dice, _):
    path = random_tile(log, dice)
    data = path.read_bytes()
    forge.write(path, data[:dice.randrange(len(data))])


@operator(FOUND)
def drop_a_tile(log, dice, _):
    random_tile(log, dice).unlink()


@operator(FOUND)
def edit_the_checkpoint(log, dice, _):
    forge.write(log.newest, forge.changed_byte(log.newest.read_bytes(), dice, rb"[0-9a-j]"), 0o600)


@operator(REMARK)
def put_an_older_note_in_place_of_the_checkpoint(log, dice, _):
    forge.write(log.newest, dice.choice(log.notes[:-1]).read_bytes(), 0o600)


@operator(FOUND)
def edit_a_former_note(log, dice, _):
    path = dice.choice(log.notes)
    forge.write(path, forge.changed_byte(path.read_bytes(), dice, rb"[0-9a-j]"))


@operator(FOUND)
def remove_a_signature(log, dice, _):
    path = dice.choice([log.newest, *log.notes])
    text = path.read_bytes().split(b"\n\n")[0] + dice.choice([b"\n", b"\n\n", b""])
    forge.write(path, text)


@operator(FOUND)
def write_something_behind_a_note(log, dice, _):
    path = dice.choice([log.newest, *log.notes])
    more = dice.choice([b"\n", b"rewritten\n", b"evil note: rewritten\n", "\u2014 nobody AAAAAA\n".encode()])
    forge.write(path, path.read_bytes() + more, 0o600)


@operator(FOUND)
def take_the_last_line_feed_from_a_note_or_a_key(log, dice, _):
    path = dice.choice([log.newest, *log.notes, *(log.audit / "tlog/keys").iterdir()])
    forge.write(path, path.read_bytes()[:-1], 0o600)


@operator(FOUND)
def write_something_behind_a_tile(log, dice, _):
    path = dice.choice(sorted(p for p in (log.audit / "tlog/tile").rglob("*") if p.is_file()))
    forge.write(path, path.read_bytes() + dice.randbytes(dice.choice([1, 32])), 0o400)


@operator(FOUND)
def put_a_folder_in_the_place_of_the_journal(log, _dice, _):
    path = log.audit / "open.jsonl"
    path.unlink(missing_ok=True)
    path.mkdir(mode=0o700)


@operator(FOUND)
def sign_a_note_with_another_key(log, dice, _):
    path = dice.choice([log.newest, *log.notes])
    size = int(path.read_text().split("\n")[1])
    root = forge.auditlog.root([line.leaf for line in log.lines()[:size]])
    forge.write(path, log.note(size, root, seed=dice.randbytes(32)))


@operator(OUTSIDE)
def replace_the_key_and_sign_all_anew(log, _dice, _):
    log.take_over()
    log.sign_all()


@operator(OUTSIDE)
def replace_the_key_and_rewrite_the_log(log, dice, _):
    random_line(log, dice)[0].fields["run"] = "20200101T000000Z-00000000"
    log.chain()
    log.write_segments()
    log.write_tiles()
    log.take_over()
    log.sign_all()


@operator(OUTSIDE)
def rewrite_the_log_with_the_stolen_key(log, dice, _):
    victim, segment, place = random_line(log, dice)
    if dice.random() < 0.5 or len(segment) == 1:
        victim.fields["run"] = "20200101T000000Z-00000000"
    else:
        del segment[place]
        log.sizes, total = [], 0
        for each in log.segments:
            total += len(each)
            log.sizes.append(total)
        for path in log.notes:
            path.unlink()
        log.notes = [path.with_name(f"{size:012}.note") for path, size in zip(log.notes, log.sizes)]
    log.chain()
    log.write_segments()
    log.write_tiles()
    log.sign_all()


@operator(OUTSIDE)
def an_older_backup_of_the_whole_folder(log, _dice, subject):
    specimen.remove(log.audit)
    subject.copy(subject.source / "kept-older" / "archive/audit", log.audit)


# Outside the audit folder


def database(subject):
    path = subject.archive / "manifest.sqlite"
    return sqlite3.connect(path, isolation_level=None)


ROW_EDITS = [
    "UPDATE version SET name = name || 'x' WHERE attachment = ?",
    "UPDATE attachment SET state = 'wanted' WHERE n = ?",
    "UPDATE version SET size = coalesce(size, 0) + 1 WHERE attachment = ?",
    "UPDATE attachment SET vanished = first_seen WHERE n = ?",
    "UPDATE version SET held_run = 'somebody' WHERE attachment = ?",
]
ROW_REMOVALS = [
    "DELETE FROM sighting WHERE attachment = ?", "DELETE FROM version WHERE attachment = ?",
    "DELETE FROM run WHERE id = (SELECT min(id) FROM run) AND ? > 0",
]
ROW_ADDITIONS = [
    "INSERT INTO sighting SELECT ?, n, NULL FROM source WHERE 1 ON CONFLICT DO UPDATE SET missed_at = 'x'",
    "INSERT INTO version SELECT attachment, 9, name, size, NULL, NULL, NULL, NULL, NULL FROM version"
    " WHERE attachment = ?",
    "INSERT INTO run (id, started) VALUES ('20200101T000000Z-00000000', 'n' || ?)",
    "INSERT INTO meta VALUES ('more', ?)", "CREATE TABLE more (n INTEGER DEFAULT 0)",
]


def change_rows(subject, dice, choices):
    db = database(subject)
    total = db.execute("SELECT max(n) FROM attachment").fetchone()[0]
    sql = dice.choice(choices)
    db.execute(sql, (dice.randint(1, total),) if "?" in sql else ())
    db.close()


@operator(VERDICT)
def edit_a_row(_log, dice, subject):
    change_rows(subject, dice, ROW_EDITS)


@operator(VERDICT)
def remove_a_row(_log, dice, subject):
    change_rows(subject, dice, ROW_REMOVALS)


@operator(VERDICT)
def add_a_row(_log, dice, subject):
    change_rows(subject, dice, ROW_ADDITIONS)


def random_object(subject, dice):
    return dice.choice([path for path in subject.files("objects/*/*") if path.stat().st_size])


@operator(VERDICT)
def swap_two_objects(_log, dice, subject):
    one, other = dice.sample(subject.files("objects/*/*"), 2)
    first, second = one.read_bytes(), other.read_bytes()
    forge.write(one, second)
    forge.write(other, first)


@operator(VERDICT)
def shorten_an_object(_log, dice, subject):
    path = random_object(subject, dice)
    data = path.read_bytes()
    forge.write(path, data[:dice.randrange(len(data))])


@operator(VERDICT)
def fill_an_object_with_zeros(_log, dice, subject):
    path = random_object(subject, dice)
    forge.write(path, bytes(path.stat().st_size))


@operator(VERDICT)
def remove_an_object(_log, dice, subject):
    random_object(subject, dice).unlink()


@operator(VERDICT)
def a_link_instead_of_an_object(_log, dice, subject):
    path = random_object(subject, dice)
    hidden = subject.folder / "hidden"
    hidden.unlink(missing_ok=True)
    os.replace(path, hidden)
    path.symlink_to(hidden)


@operator(VERDICT)
def an_object_that_others_may_write(_log, dice, subject):
    random_object(subject, dice).chmod(dice.choice([0o600, 0o666, 0o444, 0o777]))


@operator(REMARK)
def an_object_that_nobody_sent(_log, dice, subject):
    data = dice.randbytes(40)
    digest = hashlib.sha256(data).hexdigest()
    forge.write(subject.archive / "objects" / digest[:2] / digest, data)


@operator(VERDICT)
def edit_larkive_json(_log, dice, subject):
    path = subject.archive / "larkive.json"
    path.write_bytes(dice.choice([
        lambda data: data.replace(b"}", b',"more":1}'), lambda data: data.replace(b'"brand":"loopback"', b'"brand":"feishu"'),
        lambda data: forge.changed_byte(data, dice, rb"[0-9]"), lambda data: data[:-1] + b" \n",
    ])(path.read_bytes()))
