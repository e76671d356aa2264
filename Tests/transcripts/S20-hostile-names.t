S20: hostile names stay in their folder, and off the terminal

  $ . "$TESTDIR/lab.sh"
  $ jq -n '{
  >     seed: 20, mailboxes: [], tasklists: [{guid: "traps", name: "Traps"}],
  >     tasks: [{
  >         guid: "task-001", summary: "Traps \u001b[31m", tasklists: ["traps"],
  >         attachments: ([
  >             "../../etc/cron.d/x", "/etc/passwd", "CON", "a\u202Egpj.exe", "\n", "-rf", "",
  >             "é.txt", "e\u0301.txt", "Report.pdf", "REPORT.PDF", "names.tsv", ".bashrc", "..",
  >             "x. ", ("报" * 100 + ".xlsx"), "a\u0000b", "report.pdf"
  >         ] | to_entries | map({
  >             guid: "file-\(.key)", name: .value, uploaded: 1772413323000,
  >             text: (if .key == 17 then "content 9" else "content \(.key)" end)
  >         }))
  >     }]
  > }' >traps.json
  $ start_feishu traps.json
  $ configure <<END
  > tasks:
  >   tasklists: [traps]
  > END
  $ larkive init >/dev/null
  $ larkive sync
  $ larkive find --json | jq -s length
  18

All of them are given back, below the folder and under names that every system can have. Names that
are equal but for case or form have the beginning of their digest; the same bytes are there once.

  $ mkdir around && cd around
  $ larkive restore --task Traps --to out >printed.txt
  larkive: 17 files written
  $ ls
  out
  printed.txt
  $ find out -type d
  out
  $ find out -type f ! -name '报*' | sed 's/e\xcc\x81/e+accent/' | LC_ALL=C sort
  out/REPORT [ad286e8f].PDF
  out/Report [93aea2e1].pdf
  out/_
  out/_._.._etc_cron.d_x
  out/_CON
  out/_bashrc
  out/_etc_passwd
  out/_rf
  out/a_gpj.exe
  out/a␀b
  out/e+accent [96473b68].txt
  out/names [c4db6ebe].tsv
  out/names.tsv
  out/unnamed [c01cd24e]
  out/unnamed [c5ef0ec6]
  out/x
  out/é [94394073].txt
  $ ls out | grep 报 | awk '{ print length($0) < 256 }' && ls out | grep -c '报\.xlsx$'
  1
  1

Nothing that a terminal would obey is printed, here and in the list of which name was which.

  $ cat printed.txt out/names.tsv | LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae'
  0
  [1]
  $ grep -F '\u' out/names.tsv | LC_ALL=C sort
  \u{a}	_
  a\u{202e}gpj.exe	a_gpj.exe
  $ larkive show 1 | grep -a summary
    summary      Traps \u{1b}[31m
  $ wc -l <out/names.tsv
  18

The second time nothing is written. What somebody else has put in the way stays as it is.

  $ larkive restore --task Traps --to out >/dev/null
  larkive: 0 files written, 17 were there already
  $ echo mine >out/_CON
  $ rm -f out/x out/_rf
  $ ln -s "$PWD/elsewhere" out/x
  $ mkdir out/_rf
  $ larkive restore --task Traps --to out >/dev/null
  larkive: task:task-001/file-2: out/_CON is there with other bytes; restore to another folder, or move that file away
  larkive: task:task-001/file-5: out/_rf is not of the kind that belongs there; * (glob)
  larkive: task:task-001/file-14: out/x is a symbolic link; * (glob)
  larkive: 0 files written, 14 were there already, 3 failed
  [3]
  $ cat out/_CON
  mine
  $ ls
  out
  printed.txt
  $ larkive verify --read-data >/dev/null
