internal import LarkiveCore

/// `HOW-TO-VERIFY.md` of a bag: for somebody who has the bag, and neither larkive nor the archive.
struct HowToVerify {
    private let outcome: BagExport.Outcome
    private let files: Int64
    private let archive: String

    init(_ outcome: BagExport.Outcome, _ bag: BagFolder, _ archive: String) {
        (self.outcome, self.archive) = (outcome, archive)
        files = bag.payloadFiles
    }

    var text: String { [head, integrity, log, hand, meaning].joined(separator: "\n") }

    private var head: String {
        """
        # How to verify this bag

        This folder is a bag (RFC 8493) with \(outcome.exported) attachments in \(files) files from the larkive
        archive `\(archive)`. Nothing of larkive is needed to check it.

        | file | what it is |
        |---|---|
        | `data/` | the files; what hung on one message or task is in one folder |
        | `provenance.csv`, `provenance.jsonl` | where each came from: a row for each attachment, also where several have the same bytes |
        | `exceptions.csv` | what was asked for and is not here, and why |
        | `audit/records.jsonl` | the records of the archive's audit log that speak of these attachments |
        | `audit/proofs.jsonl` | for each record the proof that it is in the log |
        | `audit/checkpoint`, `audit/keys/` | the signed note of the log, and the keys that verify it |
        | `manifest-sha256.txt`, `tagmanifest-sha256.txt` | the SHA-256 of each file |

        In the CSV files control and direction characters and backslashes stand as `\\u{hex}`; the lines in JSON
        have the texts as they are. Import CSV as UTF-8 and all columns as text, since a cell may begin with `=`.
        Names in `data/` are made safe for any file system; `name` is the original.

        """
    }

    private var integrity: String {
        """
        ## 1. Are the files those that were exported?

        ```sh
        \(manifests.map { "sha256sum --quiet -c \($0)" }.joined(separator: " && ")) && echo whole
        ```

        or, which finds files that do not belong here as well, with the Python package `bagit`:

        ```sh
        bagit.py --validate .
        ```

        A folder without `bagit.txt` is an export that did not come to its end.

        """
    }

    /// An empty list is none that `sha256sum` would check.
    private var manifests: [String] {
        [files > 0 ? "manifest-sha256.txt" : nil, "tagmanifest-sha256.txt"].compactMap { $0 }
    }

    private var log: String {
        """
        ## 2. Is it what the archive's log says?

        `verify_export.py` from `examples/verify-export` of larkive's sources (Python 3.11, package `cryptography`):

        ```sh
        python3 verify_export.py --key archive.vkey .
        ```

        It checks all of step 1, the signature of the note, the proof of every record, and that each row of
        `provenance` says what its records say. Get `archive.vkey` from the archive's owner by another way
        than this bag (`larkive audit key` prints it, after a change of keys all of them, the last one last):
        whoever could change the bag could change `audit/keys` too.

        The log had \(outcome.size) records, and their tree the root `\(outcome.root.hex)`.

        """
    }

    private var hand: String {
        """
        ## 3. By hand

        The signature, with OpenSSL 3 and the key in `archive.vkey`:

        ```sh
        head -n 3 audit/checkpoint >note.txt
        tail -n 1 audit/checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c 64 >note.sig
        { printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
          tail -n 1 archive.vkey | cut -d + -f 3- | base64 -d | tail -c 32; } >key.der
        openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in note.txt -sigfile note.sig
        ```

        One file: its SHA-256, the record that names it, and that record's leaf in the tree:

        ```sh
        digest=$(sha256sum FILE | cut -c 1-64)
        jq -c --arg d "$digest" 'select(.record.sha256 == $d) | .record' audit/records.jsonl
        jq -cS 'select(.record.seq == SEQ) | .record' audit/records.jsonl | tr -d '\\n' \\
            | { printf '\\000'; cat; } | sha256sum
        jq -c 'select(.seq == SEQ)' audit/proofs.jsonl
        ```

        From the leaf the hashes of the proof lead to the root in `audit/checkpoint` (base64) as RFC 9162, 2.1.3.2
        says: SHA-256 of the byte 1, the left and the right hash, step by step.

        """
    }

    private var meaning: String {
        """
        ## What this shows, and what not

        - For all \(outcome.exported) attachments: that the archive had exactly these bytes, with this size, as this
          number, at the time of the record, and that nobody changed that record since the note was signed.
        - For \(outcome.proven) of them also key, name, source, sender, subject, date and ids (`listed_private` is
          `given`); `folder` and `vanished` say how it was when the bag was made, and are the owner's word. Of the
          others the record that lists them speaks of other messages as well. Its private part was left in the
          archive; the record binds it by its `commitment` (SHA-256 of the salt's 16 bytes and the private part
          without the salt), so the owner can show it later. Until then these columns are the owner's word.
        - Not that nothing was left out: a bag holds what its owner chose, and can be made smaller. What is
          here is proven. `verify_export.py` counts what the records here name and the bag does not hold.
        - Not what files in `data/` are called (`name` is the original), nor their times; not the selection,
          dates and descriptions in `bag-info.txt`, `exceptions.csv` and this text: all are the owner's word.
        - Not that the log is complete: records after the note are not covered, and a note that was kept
          elsewhere at the time is a better witness than one in this bag.
        - `exceptions.csv`: `not_held` was never archived, `skipped` was left out by a rule, `damaged` has other bytes
          than it should, `unsigned` has no signed record yet, `disagrees` is not what the log says; `message_unread`
          and `listing_incomplete` (a source whose last look did not reach its end, or met something that could not be
          read or archived) are places where more may have been.
        """ + "\n"
    }
}
